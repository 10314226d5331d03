import { basename } from 'node:path';

/** Why the preload leaves a process alone. */
export type SkipReason = 'package-manager' | 'node-too-old' | 'without-fetch' | 'already-loaded';

/** Tools that `NODE_OPTIONS` reaches as well and that have no reads worth keeping. */
const PACKAGE_MANAGERS =
  /^(npm|npx|yarn|yarnpkg|pnpm|pnpx|corepack|node-gyp|bun|bunx)(-cli|-berry)?(-[\d.]+)?(\.[cm]?js)?$/;

/** Why the cache should stay out of this process; undefined when it should not. */
export function skipReason(
  argv: readonly string[],
  nodeVersion: string,
  isLoaded: boolean,
  hasFetch: boolean,
): SkipReason | undefined {
  if (isLoaded) return 'already-loaded';
  if (Number(nodeVersion.split('.')[0]) < 22) return 'node-too-old';
  if (!hasFetch) return 'without-fetch';
  if (argv[1] !== undefined && PACKAGE_MANAGERS.test(basename(argv[1]))) return 'package-manager';
  return undefined;
}
