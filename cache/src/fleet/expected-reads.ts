import type { Count, Ratio } from '../units.ts';

/**
 * Reads that a pod may expect of a key called hot before it would evict it: six pods of fifty that missed it, at the
 * census' bound, are 1.8. A key that begins without any is on probation: after a moved hot set fifty simulated pods were at
 * 60 % of hits in 4 s, and at 56 again in 7.
 */
export const READS_OF_HOT: Count = 2;

/** Of a key of a peer's working set, by its place there: 3 for the hottest tenth, 2 for the next fifth, 1 for the rest. */
export function readsOfRank(rank: Ratio): Count {
  return rank < 0.1 ? 3 : rank < 0.3 ? 2 : 1;
}
