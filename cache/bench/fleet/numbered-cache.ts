import type { PrefetchOutcome } from '../../src/options.ts';
import type { Count, Ratio } from '../../src/units.ts';

/** Why a key was loaded: it was read here, called hot by the fleet, or part of a peer's working set. */
export type Why = 'read' | 'hot' | 'warm-up';

/** What became of a key to be taken in, in the words of the library's prefetches. */
export type Insertion = Extract<PrefetchOutcome, 'started' | 'held' | 'no-room'>;

/** A simulated pod's cache: keys are numbers, and there are no values. */
export interface NumberedCache {
  /** How much longer than the mean entry a regular stays. */
  readonly regularsStay: Ratio;
  holds(id: number): boolean;
  /** A read: whether it hit, and whether it was the first of a key loaded ahead. */
  read(id: number): 'miss' | 'hit' | 'first-hit';
  /**
   * Takes a key in, that of a warm-up into free room only. One that is held and called hot is a regular from then on,
   * where the cache has such. `rank`: its place in a peer's working set, 0 the most read and 1 the least.
   */
  insert(id: number, why: Why, rank?: Ratio): Insertion;
  /** Held keys, the most read first. */
  hottest(max: Count): number[];
  /** What its eviction has learned. */
  readonly lesson: number | undefined;
  learn(lesson: number): void;
}
