import type { Count, Ratio } from 'l1-cache';
import { cumulativeStdNormalProbability, probit, quantileSorted } from 'simple-statistics';
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
 * What Student's t with `freedom` degrees exceeds in a share `tail` of draws, within 0.2 % from five degrees on.
 * Source: Abramowitz and Stegun, 26.7.5.
 */
function studentT(tail: Ratio, freedom: Count): number {
  const z = probit(1 - tail);
  const terms = [
    z,
    (z ** 3 + z) / 4,
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96,
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384,
  ];
  return terms.reduce((sum, term, power) => sum + term / freedom ** power, 0);
}

/**
 * The share of resamples that lies beyond each end of an interval from `n` samples. Resamples of few spread less than
 * repetitions do: by sqrt((n - 1) / n), and because the spread of the samples is itself a guess.
 * Source: the expanded percentile interval of Hesterberg 2015, "What Teachers Should Know About the Bootstrap".
 */
function tailOf(n: Count, confidence: Ratio): Ratio {
  return cumulativeStdNormalProbability(-Math.sqrt(n / (n - 1)) * studentT((1 - confidence) / 2, n - 1));
}

/**
 * Expanded percentile-bootstrap intervals of several statistics that are computed together from the drawn indices.
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
  const tail = tailOf(n, confidence);
  return drawn.map((values) => {
    if (values.length === 0 || values.length < resamples / 2) return null;
    values.sort((a, b) => a - b);
    return { low: quantileSorted(values, tail), high: quantileSorted(values, 1 - tail), confidence };
  });
}

/** The interval of one statistic that is computed from the drawn indices. */
export function bootstrapIndices(
  n: Count,
  statistic: (indices: readonly number[]) => number,
  options: BootstrapOptions,
): Interval | null {
  return bootstrapTogether(n, (indices) => [statistic(indices)], options)[0]!;
}

/** The interval of a statistic of the samples themselves. */
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
