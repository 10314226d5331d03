import type { Ratio } from '../../units.ts';

/** What an expert believes: one setting of the segmented queue. */
export interface Tuning {
  /** Share of the entries that new keys pass through before they are judged. */
  readonly windowShare: Ratio;
  /**
   * How an entry that leaves the window gets into the main space: `one-hit` or `two-hits`, with so many reads while it
   * was in the window, or by coming back soon after it left; `frequency`, when it was read more often than the entry it
   * would displace; `never`, so that order by the last read alone decides; `worth`, by whoever counts reads, cost and
   * size, and as with `two-hits` where that one leaves it open.
   */
  readonly admission: 'one-hit' | 'two-hits' | 'frequency' | 'never' | 'worth';
  /** Share of the main space for entries read there again. A small one lets a working set go soon after its last read. */
  readonly protectedShare: Ratio;
}

/**
 * The settings that compete, the one to start with first: LRU, so that nobody does worse than with it while the cache
 * learns. By hits: S3-FIFO's ways with windows of several sizes, and one that lets go of old working sets as ARC does.
 * By frequency: W-TinyLFU with a middling and a minimal window; the last is what loops want. Snapshots name an expert by
 * its place here: another order is another snapshot format.
 */
export const EXPERTS: readonly Tuning[] = [
  { windowShare: 1, admission: 'never', protectedShare: 0.75 },
  { windowShare: 0.3, admission: 'two-hits', protectedShare: 0.75 },
  { windowShare: 0.15, admission: 'two-hits', protectedShare: 0.75 },
  { windowShare: 0.6, admission: 'two-hits', protectedShare: 0.75 },
  { windowShare: 0.05, admission: 'one-hit', protectedShare: 0.75 },
  { windowShare: 0.3, admission: 'one-hit', protectedShare: 0.3 },
  { windowShare: 0.1, admission: 'frequency', protectedShare: 0.75 },
  { windowShare: 0.01, admission: 'frequency', protectedShare: 0.75 },
];
