import type { Ratio } from '../units.ts';

/** How a TTL follows from what is known about a key. */
export type FreshnessPolicy =
  /**
   * At most `budgetRatio` of all reads stale, spent where it saves most fetches: the price of a stale read is
   * adjusted until the share found at refetches meets the budget.
   */
  | { readonly kind: 'staleness-budget'; readonly budgetRatio: Ratio }
  /** The same share of stale hits for every key, whatever its read rate. */
  | { readonly kind: 'target-share'; readonly shareRatio: Ratio }
  /**
   * Half the mean time between changes, at most six hours: a flag changed weekly lives 6 h, a price changed every
   * second 500 ms. About a fifth of the hits are stale below the six hours; a preset, not an optimum.
   */
  | { readonly kind: 'article-preset' };
