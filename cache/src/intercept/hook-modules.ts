import { readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { patchGrpc } from './grpc-client.ts';
import { patchIoredis } from './ioredis.ts';
import { patchNodeRedis } from './node-redis.ts';
import type { InterceptedReads } from './reads.ts';

type Patch = (exports: unknown) => void;

const CALL = Symbol.for('l1-cache.loaded');

/**
 * Patches client libraries when the application loads them, by one line appended to one CommonJS file of each. The
 * hook sees every load and touches only these files. Without `module.registerHooks` (Node before 22.15) those clients are read
 * live. An application bundled into one file has no such files either.
 * @param onUndici is called when a further undici has loaded.
 */
export function hookModules(reads: InterceptedReads, onUndici: (exports: unknown) => void): void {
  if (typeof nodeModule.registerHooks !== 'function') return;
  const patches = new Map<string, Patch>();
  if (reads.config.redis.length > 0) {
    patches.set('/node_modules/ioredis/built/index.js', (exports) => patchIoredis(exports, reads));
    patches.set('/node_modules/@redis/client/dist/lib/client/index.js', (exports) =>
      patchNodeRedis(exports, reads),
    );
  }
  if (reads.config.grpc.length > 0)
    patches.set('/node_modules/@grpc/grpc-js/build/src/client.js', (exports) => patchGrpc(exports, reads));
  if (reads.config.http.length > 0) patches.set('/node_modules/undici/index.js', onUndici);
  if (patches.size === 0) return;

  Object.defineProperty(globalThis, CALL, {
    value: (file: string, exports: unknown) => {
      try {
        patches.get(file)?.(exports);
      } catch {
        reads.fault();
      }
    },
  });
  const files = [...patches.keys()];
  nodeModule.registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const file = files.find((each) => url.endsWith(each));
      // Of a file that is required Node does not tell the format.
      if (file === undefined || loaded.format === 'module') return loaded;
      // Required files come without their source: Node reads them later.
      const source = loaded.source ?? readFileSync(fileURLToPath(url), 'utf8');
      const call = `globalThis[Symbol.for('l1-cache.loaded')]?.(${JSON.stringify(file)}, module.exports);`;
      return { ...loaded, source: `${source.toString()}\n${call}` };
    },
  });
}
