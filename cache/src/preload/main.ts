import { HANDLE, install } from '../intercept/install.ts';
import { skipReason } from './guard.ts';

/*
 * What `NODE_OPTIONS="--import <folder>/preload.mjs"` loads into every Node process of a pod, before the application.
 * Whatever goes wrong costs one line on stderr, never the process.
 */
try {
  const hasFetch = typeof globalThis.fetch === 'function';
  const skip = skipReason(process.argv, process.versions.node, HANDLE in globalThis, hasFetch);
  if (skip === undefined) install(process.env);
} catch (error) {
  process.stderr.write(
    `l1-cache: not active, the application runs without it: ${(error as Error).message}\n`,
  );
}
