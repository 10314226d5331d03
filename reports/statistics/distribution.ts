import { decodeFromCompressedBase64, type JsHistogram } from 'hdr-histogram-js';
import type { Count, Nanos, Ratio } from 'l1-cache';

/**
 * How often each duration occurred: the recorded values of an HDR histogram, ascending.
 * Values are the middle of their HDR bucket, so they carry the recorder's precision (0.1 % at 3 digits).
 */
export interface Distribution {
  readonly valuesNs: readonly Nanos[];
  readonly counts: ArrayLike<Count>;
  /** Sum of `counts`. */
  readonly n: Count;
}

export const EMPTY: Distribution = { valuesNs: [], counts: [], n: 0 };

/** Reads a recorded histogram (HDR V2, compressed, base64); null stands for one without samples. */
export function decodeDistribution(encoded: string | null): Distribution {
  if (encoded === null) return EMPTY;
  const histogram = decodeFromCompressedBase64(encoded, 32, false) as JsHistogram;
  const valuesNs: Nanos[] = [];
  const counts: Count[] = [];
  // The library's own iterator computes the value of every empty bucket too; that is most of them.
  for (let index = 0, seen = 0; seen < histogram.totalCount; index++) {
    const count = histogram.getCountAtIndex(index);
    if (count === 0) continue;
    seen += count;
    valuesNs.push(histogram.medianEquivalentValue(histogram.valueFromIndex(index)));
    counts.push(count);
  }
  return { valuesNs, counts, n: histogram.totalCount };
}

/**
 * Adds distributions count by count. This is exact: merging what several recorders wrote gives what one recorder
 * would have written. Percentiles do not merge; never average them.
 */
export function mergeDistributions(parts: readonly Distribution[]): Distribution {
  const total = new Map<Nanos, Count>();
  for (const part of parts) {
    part.valuesNs.forEach((value, i) => {
      total.set(value, (total.get(value) ?? 0) + part.counts[i]!);
    });
  }
  const sorted = [...total].sort(([a], [b]) => a - b);
  const counts = sorted.map(([, count]) => count);
  return { valuesNs: sorted.map(([value]) => value), counts, n: counts.reduce((sum, c) => sum + c, 0) };
}

/** The smallest recorded value that at least `share` of the samples do not exceed; null without samples. */
export function quantileNs(of: Distribution, share: Ratio): Nanos | null {
  if (of.n === 0) return null;
  const needed = Math.max(1, share * of.n - 1e-9);
  let seen = 0;
  for (let i = 0; i < of.counts.length; i++) {
    seen += of.counts[i]!;
    if (seen >= needed) return of.valuesNs[i]!;
  }
  return of.valuesNs.at(-1)!;
}

/** The arithmetic mean; null without samples. */
export function meanNs(of: Distribution): Nanos | null {
  if (of.n === 0) return null;
  let sum = 0;
  for (let i = 0; i < of.valuesNs.length; i++) sum += of.valuesNs[i]! * of.counts[i]!;
  return sum / of.n;
}

/** One point of a percentile plot: one sample in `oneIn` is slower than `valueNs`. */
export interface TailPoint {
  readonly oneIn: number;
  readonly valueNs: Nanos;
}

/**
 * The distribution as a curve over 1/(1 − percentile), evenly spaced on a log axis.
 * It ends where fewer than `minTail` samples (default 10) would be left beyond the point: further out it would
 * draw single events as if they were a law.
 */
export function tailCurve(of: Distribution, pointsPerDecade = 24, minTail = 10): TailPoint[] {
  const points: TailPoint[] = [];
  const end = of.n / minTail;
  for (let step = 0; ; step++) {
    const oneIn = 10 ** (step / pointsPerDecade);
    if (oneIn > end) return points;
    points.push({ oneIn, valueNs: quantileNs(of, 1 - 1 / oneIn)! });
  }
}
