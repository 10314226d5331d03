import type { Nanos, Ratio } from 'l1-cache';

/** The mean of reads of which `hitRatio` cost `hitNs` and the rest `missNs`. */
export function meanRead(hitRatio: Ratio, hitNs: Nanos, missNs: Nanos): Nanos {
  return hitRatio * hitNs + (1 - hitRatio) * missNs;
}

/**
 * The hit ratio at which the mean is `times` below the baseline's.
 * Null when no hit ratio is enough, because a hit alone is already too slow, or when a latency is not known.
 */
export function hitRatioForSpeedup(
  times: number,
  baselineNs: Nanos,
  hitNs: Nanos,
  missNs: Nanos,
): Ratio | null {
  const target = baselineNs / times;
  if (!(hitNs <= target) || !Number.isFinite(missNs)) return null;
  if (missNs <= target) return 0;
  return (missNs - target) / (missNs - hitNs);
}

/** The baseline latency at which a fleet saves `savedSeconds` of latency per second. */
export function baselineForSaving(
  savedSeconds: number,
  requestsPerSecond: number,
  callsPerRequest: number,
  meanNs: Nanos,
): Nanos {
  return (savedSeconds * 1e9) / (requestsPerSecond * callsPerRequest) + meanNs;
}

/** Seconds of latency saved per second by a fleet whose calls run one after the other. */
export function savedPerSecond(
  requestsPerSecond: number,
  callsPerRequest: number,
  baselineNs: Nanos,
  meanNs: Nanos,
): number {
  return (requestsPerSecond * callsPerRequest * (baselineNs - meanNs)) / 1e9;
}

/** The hit ratio of one read at which `share` of the requests find all their reads in the cache. */
export function hitRatioForWholeRequests(share: Ratio, readsPerRequest: number): Ratio {
  return share ** (1 / readsPerRequest);
}
