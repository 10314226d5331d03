import type { Count, Ratio } from '../../units.ts';

/** What an expert believes: one setting of the segmented queue. */
export interface Tuning {
  /** Share of the entries that new keys pass through before they are judged. */
  readonly windowShare: Ratio;
  /**
   * How an entry that leaves the window gets into the main space: `hits`, with two reads while it was in the window
   * or by coming back soon after it left; `frequency`, when it was read more often than the entry it would displace.
   */
  readonly admission: 'hits' | 'frequency';
}

/**
 * The settings that compete, the one to start with first. By hits: S3-FIFO's ways with a larger window, near S3-FIFO
 * itself, and close to recency. By frequency: W-TinyLFU with a large, a middling and a minimal window; the last is what
 * loops want.
 */
export const EXPERTS: readonly Tuning[] = [
  { windowShare: 0.3, admission: 'hits' },
  { windowShare: 0.15, admission: 'hits' },
  { windowShare: 0.6, admission: 'hits' },
  { windowShare: 0.3, admission: 'frequency' },
  { windowShare: 0.1, admission: 'frequency' },
  { windowShare: 0.01, admission: 'frequency' },
];

/** Reads in the window that earn a place in the main space, where admission goes by hits. */
export const HITS_TO_ADMIT: Count = 2;
