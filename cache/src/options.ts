import type { FillOrigin, TtlPolicy } from './access.ts';
import type { Clock } from './clock.ts';
import type { EvictionPolicy } from './store/eviction/policy.ts';
import type { Bytes, Count, Millis } from './units.ts';

export interface L1CacheOptions<V = unknown> {
  /** Most bytes the cache may hold: keys, values and its own tables. No default. */
  readonly budgetBytes: Bytes;
  /** How long a value is fresh unless said otherwise. Default: Infinity. */
  readonly ttlMs?: Millis;
  /** How long after its load a value may be served at all. Default: Infinity. */
  readonly maxAgeMs?: Millis;
  /** Default: the machine's monotonic clock. */
  readonly clock?: Clock;
  /** Seeds key hashing and every random choice. Default: random. */
  readonly seed?: number;
  /** Decides the life of each value at fill; an explicit `ttlMs` of `set` or of a loader goes before it. */
  readonly ttl?: TtlPolicy<V>;
  /** Which entry leaves when the budget is spent. */
  readonly policy?: EvictionPolicy;
}

export interface SetOptions {
  readonly ttlMs?: Millis;
  /** What the value takes in memory, when the caller knows better than the estimate. */
  readonly sizeBytes?: Bytes;
  readonly tags?: readonly string[];
  /** The origin's version: a set with a lower version than the one held is refused. */
  readonly version?: number;
  readonly loadCostMs?: Millis;
  /** Default: `demand`. */
  readonly origin?: FillOrigin;
  /** How often the key is believed to be read; a warm start passes it so that the key starts as a regular. */
  readonly frequency?: Count;
}

/** What became of a set. */
export type SetOutcome = 'stored' | 'refused-too-large' | 'refused-older-version' | 'refused-zero-ttl';

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

export type Loader<V> = (key: string, context: LoadContext) => Promise<V | Loaded<V>>;

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
}

/** What became of a prefetch. */
export type PrefetchOutcome = 'started' | 'held' | 'in-flight' | 'not-prefetchable' | 'no-loader';
