import type { Count } from 'l1-cache';
import { median } from 'simple-statistics';
import type { Interval } from './bootstrap.ts';
import { medianInterval } from './median-interval.ts';

/** One measured block of each side, made under the same arrivals. */
export interface Pair {
  readonly baseline: number;
  readonly candidate: number;
}

/** How many times the baseline the candidate takes: below 1 it is faster (or smaller). */
export interface PairedRatio {
  /** exp of the median of ln(candidate / baseline) over the pairs. */
  readonly ratio: number;
  readonly interval: Interval | null;
  /** Pairs. */
  readonly n: Count;
}

/** ln(candidate / baseline) of every pair where both are above zero. */
function logRatios(pairs: readonly Pair[]): number[] {
  return pairs
    .filter(({ baseline, candidate }) => baseline > 0 && candidate > 0)
    .map(({ baseline, candidate }) => Math.log(candidate / baseline));
}

/**
 * The median paired log-ratio with its interval, as a ratio.
 * Pairs are the sample unit, not requests: requests inside a block are correlated. Null without a pair.
 * Source: the duet method (Bulej et al., ICPE 2020), which takes the ratio inside each pair first, so that what
 * slows both sides alike cancels.
 */
export function pairedRatio(pairs: readonly Pair[]): PairedRatio | null {
  const logs = logRatios(pairs);
  if (logs.length === 0) return null;
  const interval = medianInterval(logs);
  return {
    ratio: Math.exp(median(logs)),
    interval: interval && { ...interval, low: Math.exp(interval.low), high: Math.exp(interval.high) },
    n: logs.length,
  };
}
