import type { FillOrigin, TtlPolicy } from './access.ts';
import type { Clock } from './clock.ts';
import type { ContainerMemory } from './memory/container-memory.ts';
import type { Codec } from './store/block-values.ts';
import type { EvictionPolicy } from './store/eviction/policy.ts';
import type { Freezing } from './store/values.ts';
import type { Bytes, Count, Millis, Ratio } from './units.ts';

export interface L1CacheOptions<V = unknown> {
  /**
   * Most bytes the cache may hold: keys, values and its own tables. 0 stores nothing. No default.
   * @throws {CacheError} `L1_BAD_OPTION` when it is no finite size, `L1_BUDGET_TOO_LARGE` above the container's limit.
   */
  readonly budgetBytes: Bytes;
  /** How many worker threads or cluster workers share `budgetBytes`; each holds its part. Default: 1. */
  readonly workers?: Count;
  /** Most entries, whatever their size. Default: no bound of its own. */
  readonly maxEntries?: Count;
  /** How long a value is fresh unless said otherwise. Default: Infinity. Above 18 days it is cut to 18 days. */
  readonly ttlMs?: Millis;
  /** How long after its load a value may be served at all, stale or not. Default: Infinity. */
  readonly maxAgeMs?: Millis;
  /**
   * By how much a loaded value's life is cut at random, so that pods do not all reload at once: at 0.1 it lasts 90 to
   * 100 % of the TTL. Not applied to `set` and to what `ttl` decides. Default: 0.1.
   */
  readonly ttlSpreadRatio?: Ratio;
  /** How long past its life a value is served at once while it is loaded anew. Default: 0. */
  readonly staleWhileRevalidateMs?: Millis;
  /** How long past its life a value is served when the load fails. Default: 0. */
  readonly staleIfErrorMs?: Millis;
  /** The last part of its life in which a value read at least 3 times is renewed ahead. Default: 0.1; 0 is never. */
  readonly refreshAheadRatio?: Ratio;
  /** How long it is remembered that a loader answered `undefined`. Default: 0, not at all. `null` is a value. */
  readonly negativeTtlMs?: Millis;
  /** How long a load may take before its readers get `L1_LOAD_TIMEOUT`. Default: 30_000. */
  readonly loadTimeoutMs?: Millis;
  /** Protects the origins of all loaders without one of their own. Default: no bounds. */
  readonly protection?: ProtectionOptions;
  /** `reference` hands out the stored object itself; a codec keeps bytes outside the heap. Default: `reference`. */
  readonly values?: 'reference' | Codec<V>;
  /** Whether stored objects are frozen. Default: `deep` when NODE_ENV is `development`, otherwise `none`. */
  readonly freezing?: Freezing;
  /** Decides the life of each value at fill; an explicit `ttlMs` of `set` or of a loader goes before it. */
  readonly ttl?: TtlPolicy<V>;
  /** Which entry leaves when the budget is spent. Default: the adaptive policy. */
  readonly policy?: EvictionPolicy;
  /** Whether the budget shrinks while the container is short of memory. Default: `ignore`. */
  readonly memoryPressure?: 'follow' | 'ignore';
  /** What the container may use and does. Default: the cgroup's files and what Node knows. */
  readonly containerMemory?: ContainerMemory;
  /** Read at every access. Default: the machine's monotonic clock, of which a hit may use a look of the same turn of the event loop, up to 1,024 hits old. */
  readonly clock?: Clock;
  /** Seeds key hashing and every random choice. Default: random, so that keys cannot be chosen to collide. */
  readonly seed?: number;
}

/** Keeps a struggling origin from being asked more than it can bear. */
export interface ProtectionOptions {
  /** Most loads at a time. Default: no bound. */
  readonly maxConcurrentLoads?: Count;
  /** Most loads that wait for their turn; one more gets `L1_LOAD_QUEUE_FULL`. Default: 1_000. */
  readonly maxQueuedLoads?: Count;
  /** Failures in a row that open the breaker; then loads get `L1_BREAKER_OPEN`. Default: never. */
  readonly breakerFailures?: Count;
  /** How long it stays open before one load may try. Default: 1_000. */
  readonly breakerOpenMs?: Millis;
}

export interface SetOptions {
  /** How long the value is fresh. Not spread at random. Default: what the cache's `ttl` or `ttlMs` says. */
  readonly ttlMs?: Millis;
  /** What the value takes in memory, when the caller knows better than the estimate. */
  readonly sizeBytes?: Bytes;
  readonly tags?: readonly string[];
  /** The origin's version: a set with a lower version than the one held or invalidated is refused. */
  readonly version?: number;
  /** What loading it took; dear values are kept longer. Default: 0. */
  readonly loadCostMs?: Millis;
  /** Default: `demand`. */
  readonly origin?: FillOrigin;
  /** How often the key is believed to be read; a warm start passes it so that the key starts as a regular. */
  readonly frequency?: Count;
  /**
   * When the key counts as read last: `now`, or `oldest`, longer ago than all that is held, in free room only. A warm
   * start that goes from the hottest down passes `oldest`, or the hottest would be the first to leave. Default: `now`.
   */
  readonly recency?: 'now' | 'oldest';
}

/** What became of a set. */
export type SetOutcome =
  | 'stored'
  | 'refused-too-large'
  | 'refused-older-version'
  | 'refused-zero-ttl'
  /** What counts as read longest ago takes free room only. */
  | 'refused-no-room';

/** A loader's answer that says more than the value. */
export class Loaded<V> {
  readonly value: V;
  readonly options: SetOptions;

  constructor(value: V, options: SetOptions) {
    this.value = value;
    this.options = options;
  }
}

export interface LoadContext {
  /** Aborted when nobody waits for the value any more or the loader took too long. */
  readonly signal: AbortSignal;
}

/** Gets one value from its origin. `undefined` says that there is none. Retries, with jitter, are its own business. */
export type Loader<V> = (key: string, context: LoadContext) => Promise<V | Loaded<V>>;

/** Gets several values at once. Keys missing from the answer do not exist at the origin. */
export type BulkLoader<V> = (
  keys: readonly string[],
  context: LoadContext,
) => Promise<ReadonlyMap<string, V | Loaded<V>>>;

export interface LoadOptions {
  /** Gives up waiting for this caller alone. */
  readonly signal?: AbortSignal;
  readonly ttlMs?: Millis;
  readonly tags?: readonly string[];
}

/** How keys with one prefix are loaded. */
export interface Definition<V> {
  readonly load: Loader<V>;
  /** Whether a guess may load it. Default: false. */
  readonly prefetchable?: boolean;
  readonly ttlMs?: Millis;
  readonly maxAgeMs?: Millis;
  readonly tags?: readonly string[];
  /** Protects this origin apart from the others. Default: the cache's. */
  readonly protection?: ProtectionOptions;
}

/** What became of a prefetch. */
export type PrefetchOutcome =
  | 'started'
  | 'held'
  | 'in-flight'
  | 'not-prefetchable'
  | 'no-loader'
  /** The origin's breaker is open or all its turns are taken. */
  | 'origin-busy'
  /** It would count as read longest ago and so be refused, as nothing leaves for it. */
  | 'no-room';

export interface InvalidateOptions {
  /** The version that the value now has at the origin: loads that bring it or a later one are kept. */
  readonly version?: number;
}

/** One step of `L1Cache.scan`. */
export interface KeyScan {
  readonly keys: readonly string[];
  /** Where the next step begins; 0 after the last. */
  readonly cursor: number;
}
