import type { Count, Ratio } from 'l1-cache';
import type { Rng } from '../../scenarios/topology/topology.ts';

/** A place in a series from which on its values come from another distribution. */
export interface ChangePoint {
  /** Index of the first value after the change. */
  readonly index: number;
  /** Chance of a split this clear if the order of the values meant nothing. */
  readonly p: Ratio;
}

export interface ChangePointOptions {
  readonly rng: Rng;
  /** Fewest values on either side of a change. Default 5. */
  readonly minSegment?: Count;
  /** Default 0.01. */
  readonly alpha?: Ratio;
  /** Default 999; the least p is 1 / (permutations + 1). */
  readonly permutations?: Count;
}

interface Split {
  readonly at: number;
  readonly energy: number;
}

/**
 * The split with the greatest energy distance between its sides: mn/(m+n) × (2·E|X−Y| − E|X−X′| − E|Y−Y′|).
 * Moving the split by one value changes the three sums by that value's distances only: O(n²) in all.
 */
function bestSplit(values: readonly number[], minSegment: Count): Split | null {
  const n = values.length;
  if (n < 2 * minSegment) return null;
  let across = 0;
  let left = 0;
  let right = 0;
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) right += Math.abs(values[i]! - values[j]!);
  let best: Split | null = null;
  for (let at = 1; at <= n - minSegment; at++) {
    const moved = values[at - 1]!;
    let toLeft = 0;
    let toRight = 0;
    for (let i = 0; i < at - 1; i++) toLeft += Math.abs(moved - values[i]!);
    for (let i = at; i < n; i++) toRight += Math.abs(moved - values[i]!);
    across += toRight - toLeft;
    left += toLeft;
    right -= toRight;
    if (at < minSegment) continue;
    const [m, k] = [at, n - at];
    const within = (sum: number, size: number) => (size < 2 ? 0 : (2 * sum) / (size * (size - 1)));
    const energy = ((m * k) / n) * ((2 * across) / (m * k) - within(left, m) - within(right, k));
    if (best === null || energy > best.energy) best = { at, energy };
  }
  return best;
}

function shuffled(values: readonly number[], rng: Rng): number[] {
  const copy = [...values];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(rng() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

/**
 * Change points of a series by E-divisive: the clearest split, kept when a permutation test says it is no chance,
 * then the same on both sides. Makes no assumption about the distribution. O(permutations × n²) per split, fine to
 * a few hundred values.
 * Source: Matteson & James, "A Nonparametric Approach for Multiple Change Point Analysis", JASA 2014.
 */
export function changePoints(values: readonly number[], options: ChangePointOptions): ChangePoint[] {
  const { rng, minSegment = 5, alpha = 0.01, permutations = 999 } = options;
  const split = bestSplit(values, minSegment);
  if (split === null || split.energy <= 0) return [];
  let asClear = 0;
  for (let i = 0; i < permutations; i++) {
    if (bestSplit(shuffled(values, rng), minSegment)!.energy >= split.energy) asClear++;
    // Already beyond alpha: the rest of the permutations cannot bring it back.
    if ((asClear + 1) / (permutations + 1) > alpha) return [];
  }
  return [
    ...changePoints(values.slice(0, split.at), options),
    { index: split.at, p: (asClear + 1) / (permutations + 1) },
    ...changePoints(values.slice(split.at), options).map(({ index, p }) => ({ index: index + split.at, p })),
  ];
}
