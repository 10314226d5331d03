import { L1Cache } from 'l1-cache';
import { parseCacheKey } from '../read-key.ts';
import type { ReadPath, ReadPathContext, Stamped } from '../read-path.ts';

/** The cache library inside the process: a hit is synchronous and hands out the value itself, not a copy. */
export async function open(context: ReadPathContext): Promise<ReadPath> {
  const cache = new L1Cache<Stamped>({ budgetBytes: context.budgetBytes });
  return {
    readNow: (key) => cache.get(key),
    async read(key, at) {
      const value = await cache.getOrLoad(key, () => context.fetchFromOrigin(parseCacheKey(key)), {
        ttlMs: context.ttlMs(at.domain),
      });
      return { value, outcome: 'origin' };
    },
    contents: () => ({
      entries: cache.size,
      payloadBytes: cache.payloadBytes,
      chargedBytes: cache.chargedBytes,
    }),
    clear: async () => cache.clear(),
    [Symbol.asyncDispose]: async () => cache.clear(),
  };
}
