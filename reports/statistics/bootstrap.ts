import type { Count, Ratio } from 'l1-cache';
import { quantileSorted } from 'simple-statistics';
import type { Rng } from '../../scenarios/topology/topology.ts';

/** The range that holds the true value in `confidence` of repetitions, as far as resampling can tell. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** Null where the two ends are the least and the most that was seen, such as over seeds. */
  readonly confidence: Ratio | null;
}

export interface BootstrapOptions {
  readonly rng: Rng;
  /** Default 2000. */
  readonly resamples?: Count;
  /** Default 0.95. */
  readonly confidence?: Ratio;
  /**
   * Length of the runs of neighbours drawn together. Default 1: samples are taken as independent.
   * Above 1 it is the moving-block bootstrap (Künsch 1989), which keeps what neighbours have in common.
   */
  readonly blockLength?: Count;
}

/** Draws `n` indices below `n` with replacement, in runs of `blockLength`. */
export function resampleIndices(n: Count, blockLength: Count, rng: Rng): number[] {
  const length = Math.min(Math.max(1, blockLength), n);
  const indices: number[] = [];
  while (indices.length < n) {
    const start = Math.floor(rng() * (n - length + 1));
    for (let i = 0; i < length && indices.length < n; i++) indices.push(start + i);
  }
  return indices;
}

/**
 * Percentile-bootstrap intervals of several statistics that are computed together from the drawn indices.
 * An interval is null with fewer than two samples, or when its statistic is not finite in most resamples.
 */
export function bootstrapTogether(
  n: Count,
  statistics: (indices: readonly number[]) => readonly number[],
  options: BootstrapOptions,
): (Interval | null)[] {
  const { rng, resamples = 2000, confidence = 0.95, blockLength = 1 } = options;
  const drawn: number[][] = statistics([...Array(n).keys()]).map(() => []);
  for (let i = 0; n >= 2 && i < resamples; i++) {
    statistics(resampleIndices(n, blockLength, rng)).forEach((value, which) => {
      if (Number.isFinite(value)) drawn[which]!.push(value);
    });
  }
  const tail = (1 - confidence) / 2;
  return drawn.map((values) => {
    if (values.length === 0 || values.length < resamples / 2) return null;
    values.sort((a, b) => a - b);
    return { low: quantileSorted(values, tail), high: quantileSorted(values, 1 - tail), confidence };
  });
}

/** The percentile-bootstrap interval of one statistic that is computed from the drawn indices. */
export function bootstrapIndices(
  n: Count,
  statistic: (indices: readonly number[]) => number,
  options: BootstrapOptions,
): Interval | null {
  return bootstrapTogether(n, (indices) => [statistic(indices)], options)[0]!;
}

/** The percentile-bootstrap interval of a statistic of the samples themselves. */
export function bootstrapInterval(
  samples: readonly number[],
  statistic: (drawn: number[]) => number,
  options: BootstrapOptions,
): Interval | null {
  return bootstrapIndices(
    samples.length,
    (indices) => statistic(indices.map((index) => samples[index]!)),
    options,
  );
}
