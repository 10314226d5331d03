import type { PrefetchOutcome } from '../options.ts';
import type { Count, Millis, Ratio } from '../units.ts';
import type { Delivery } from './delivery.ts';

/**
 * Inserts are averaged over so long to know how long an entry stays. Where the hot keys move, a pod inserts twice as
 * much for a while, but what is called hot then stays as long as before.
 */
export const INSERTS_OVER_MS: Millis = 40_000;

/**
 * How much longer than the mean entry a regular of an `L1Cache` stays, as newcomers that nobody reads again leave first.
 * Set by bench:predict: with 1 fifty pods at 400 reads/s came back to 61.5 % of hits after 42 s, with 1.25 after 18, for
 * 0.5 % more fetches (seed 1).
 */
export const REGULARS_STAY: Ratio = 1.25;

/** What the fleet asks of the cache of its own pod. `attachFleet` makes one of an `L1Cache`. */
export interface Pod {
  /** Whether a fresh value is held. */
  holds(key: string): boolean;
  /**
   * Loads a key that others read: it should be a regular of the cache, also where it is held already. A newcomer that
   * was read once leaves first.
   */
  prefetch(key: string): PrefetchOutcome;
  /**
   * Loads a key of a peer's working set, a regular too, into free room only; `rank` is its place there, 0 the most read
   * and 1 the least.
   */
  prewarm(key: string, rank: Ratio): PrefetchOutcome;
  /** Loads under way in this pod, for whatever reason. */
  loadsInFlight(): Count;
  /** Another pod saw the value change: do not serve it again without fetching it. */
  forget(key: string): void;
  /** Another pod fetched the value just now and it is the one held: it may live on as if fetched now. */
  extend(key: string): void;
  /** The keys held, the most read first, at most so many. */
  workingSet(max: Count): string[];
  /** What eviction has learned here, where it has. */
  lesson(): number | undefined;
  /** Begins with what eviction has learned in another pod. */
  learn(lesson: number): void;
  /** How long a regular that is not read stays: capacity over insert rate, and more where newcomers leave sooner. */
  evictionAgeMs(): Millis;
  readsPerSecond(): number;
}

/** What the parts of a fleet share. */
export interface FleetContext {
  readonly self: string;
  readonly pod: Pod;
  now(): Millis;
  rng(): number;
  readonly delivery: Delivery;
}
