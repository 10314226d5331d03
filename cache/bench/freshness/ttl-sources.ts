import { LearnedFreshness } from '../../src/freshness/learned-freshness.ts';
import type { LearnedFreshnessOptions } from '../../src/freshness/options.ts';
import type { Millis } from '../../src/units.ts';
import type { TtlSource, WorldKey } from './simulate.ts';

/** The library's own learner. */
export function learned(
  options: LearnedFreshnessOptions,
): TtlSource & { readonly learner: LearnedFreshness } {
  const learner = new LearnedFreshness(options);
  return {
    learner,
    onHits: (key, count) => learner.onHits(key.name, count),
    onFetched: (key, atMs, validator) => learner.onFetched({ key: key.name, atMs, validator }),
  };
}

/** A TTL by table: one for all keys, one a domain, or one a key from someone who knows its true rates. */
export function fixed(ttlMs: (key: WorldKey) => Millis): TtlSource {
  const table = new Map<WorldKey, Millis>();
  return {
    onHits: () => {},
    onFetched: (key) => {
      const known = table.get(key);
      if (known !== undefined) return known;
      const ttl = ttlMs(key);
      table.set(key, ttl);
      return ttl;
    },
  };
}
