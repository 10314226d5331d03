import type { Count, Ratio } from 'l1-cache';
import { quantileSorted } from 'simple-statistics';
import type { Rng } from '../../scenarios/topology/topology.ts';

/** The range that holds the true value in `confidence` of repetitions, as far as resampling can tell. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  readonly confidence: Ratio;
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
 * The percentile-bootstrap interval of a statistic that is computed from the drawn indices.
 * Null with fewer than two samples, or when the statistic is not finite in most resamples.
 */
export function bootstrapIndices(
  n: Count,
  statistic: (indices: readonly number[]) => number,
  options: BootstrapOptions,
): Interval | null {
  if (n < 2) return null;
  const { rng, resamples = 2000, confidence = 0.95, blockLength = 1 } = options;
  const drawn: number[] = [];
  for (let i = 0; i < resamples; i++) {
    const value = statistic(resampleIndices(n, blockLength, rng));
    if (Number.isFinite(value)) drawn.push(value);
  }
  if (drawn.length < resamples / 2) return null;
  drawn.sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  return { low: quantileSorted(drawn, tail), high: quantileSorted(drawn, 1 - tail), confidence };
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
