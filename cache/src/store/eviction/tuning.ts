import type { Ratio } from '../../units.ts';

/** What an expert believes: one setting of the segmented queue. */
export interface Tuning {
  /** Share of the entries that new keys pass through before they are judged. */
  readonly windowShare: Ratio;
  /**
   * How an entry that leaves the window gets into the main space: `hits`, with enough reads while it was in the window
   * or by coming back soon after it left; `frequency`, when it was read more often than the entry it would displace.
   */
  readonly admission: 'hits' | 'frequency';
}
