import { open as openNoCache } from '../no-cache/read-path.ts';
import { preloaded } from '../preloaded.ts';
import type { ReadPath, ReadPathContext } from '../read-path.ts';

/** The read path of no-cache, as it is. What is added is how to look into the cache that stands under it. */
export async function open(context: ReadPathContext): Promise<ReadPath> {
  const cache = preloaded();
  if (cache === undefined) {
    throw new Error(
      'l1-transparent needs a program started with NODE_OPTIONS="--import …/preload.mjs" and L1_CONFIG; this one was not',
    );
  }
  return {
    ...(await openNoCache(context)),
    contents() {
      const { entries, payloadBytes, chargedBytes } = cache.coverage();
      return { entries, payloadBytes, chargedBytes };
    },
    clear: async () => cache.clear(),
  };
}
