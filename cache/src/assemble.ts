import { type Clock, systemClock } from './clock.ts';
import { lifeOfLoaded } from './life-of.ts';
import { Loading } from './loading/loading.ts';
import type { L1CacheOptions } from './options.ts';
import { seededRandom } from './random.ts';
import { BlockValues } from './store/block-values.ts';
import { AdaptivePolicy } from './store/eviction/adaptive.ts';
import { Store } from './store/store.ts';
import { ReferenceValues } from './store/values.ts';
import type { Millis, Ratio } from './units.ts';

const REFRESH_AHEAD: Ratio = 0.1;
const TTL_SPREAD: Ratio = 0.1;
const LOAD_TIMEOUT_MS: Millis = 30_000;

/** The store that the options describe, with their defaults. */
export function assembleStore<V>(options: L1CacheOptions<V>, clock: Clock, seed: number): Store<V> {
  const freezing = options.freezing ?? (process.env.NODE_ENV === 'development' ? 'deep' : 'none');
  const { values = 'reference', staleWhileRevalidateMs = 0, staleIfErrorMs = 0 } = options;
  return new Store<V>({
    values: values === 'reference' ? new ReferenceValues<V>(freezing) : new BlockValues<V>(values),
    policy: options.policy ?? new AdaptivePolicy(),
    clock,
    looks: clock === systemClock ? 'batched' : 'each',
    seed,
    budgetBytes: Math.floor(options.budgetBytes / (options.workers ?? 1)),
    maxEntries: options.maxEntries ?? Number.POSITIVE_INFINITY,
    windows: { whileRevalidateMs: staleWhileRevalidateMs, ifErrorMs: staleIfErrorMs },
    refreshAheadRatio: options.refreshAheadRatio ?? REFRESH_AHEAD,
  });
}

/** The loading that the options describe, into the store. */
export function assembleLoading<V>(options: L1CacheOptions<V>, store: Store<V>, seed: number): Loading<V> {
  const rules = {
    ttl: options.ttl,
    ttlMs: options.ttlMs ?? Number.POSITIVE_INFINITY,
    negativeTtlMs: options.negativeTtlMs ?? 0,
    ttlSpreadRatio: options.ttlSpreadRatio ?? TTL_SPREAD,
    random: seededRandom(seed),
  };
  return new Loading({
    store,
    timeoutMs: options.loadTimeoutMs ?? LOAD_TIMEOUT_MS,
    maxAgeMs: options.maxAgeMs ?? Number.POSITIVE_INFINITY,
    lifeOf: (key, access, ttlMs) => lifeOfLoaded(rules, key, access, ttlMs),
  });
}
