import { L1Cache, type L1CacheOptions } from 'l1-cache';
import { parseCacheKey } from './read-key.ts';
import type { ReadPath, ReadPathContext, Stamped } from './read-path.ts';
import { DOMAINS } from './topology/domains.ts';

/** Who decides how long a value lives: the hand TTL of its domain, or the cache's own `ttl` policy. */
export type TtlSource = 'hand' | 'learned';

/** Makes the library's cache as a pod uses it: one loader for each domain, all of them safe to prefetch. */
export function createPodCache(
  context: ReadPathContext,
  ttlSource: TtlSource,
  options: Partial<L1CacheOptions<Stamped>> = {},
): L1Cache<Stamped> {
  const cache = new L1Cache<Stamped>({ budgetBytes: context.budgetBytes, ...options });
  for (const { name } of DOMAINS) {
    cache.define(`${name}.`, {
      load: (key) => context.fetchFromOrigin(parseCacheKey(key)),
      // The owners answer every pod alike, whoever asks.
      prefetchable: true,
      ...(ttlSource === 'hand' && { ttlMs: context.ttlMs(name) }),
    });
  }
  return cache;
}

/** Reads through a cache of the library; `stop` ends what runs beside it. */
export function readThrough(cache: L1Cache<Stamped>, stop: () => void | Promise<void> = () => {}): ReadPath {
  return {
    readNow: (key) => cache.get(key),
    read: async (key) => ({ value: await cache.read(key), outcome: 'origin' }),
    contents: () => ({
      entries: cache.size,
      payloadBytes: cache.payloadBytes,
      chargedBytes: cache.chargedBytes,
    }),
    clear: async () => cache.clear(),
    async [Symbol.asyncDispose]() {
      await stop();
      cache.clear();
    },
  };
}
