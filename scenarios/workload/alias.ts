import type { Rng } from '../topology/topology.ts';

/** Draws an index in proportion to its weight. */
export type WeightedDraw = (rng: Rng) => number;

/**
 * Prepares exact weighted drawing in O(1) a draw and 12 bytes an index; one random number a draw.
 * Algorithm: Walker's alias table, built as Vose does (IEEE Trans. Softw. Eng. 17/9, 1991).
 */
export function createWeightedDraw(weights: readonly number[]): WeightedDraw {
  const count = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const keep = new Float64Array(count);
  const alias = new Uint32Array(count);
  const scaled = weights.map((weight) => (weight * count) / total);
  const small: number[] = [];
  const large: number[] = [];
  scaled.forEach((share, i) => {
    (share < 1 ? small : large).push(i);
  });
  while (small.length > 0 && large.length > 0) {
    const less = small.pop() as number;
    const more = large[large.length - 1] as number;
    keep[less] = scaled[less] as number;
    alias[less] = more;
    scaled[more] = (scaled[more] as number) - (1 - (scaled[less] as number));
    if ((scaled[more] as number) < 1) small.push(large.pop() as number);
  }
  for (const i of [...small, ...large]) keep[i] = 1;
  return (rng) => {
    const at = rng() * count;
    const i = Math.floor(at);
    return at - i < (keep[i] as number) ? i : (alias[i] as number);
  };
}

/** Draws ranks 0 … count − 1 with probability ∝ (rank + 1)^−exponent. */
export function createZipf(count: number, exponent: number): WeightedDraw {
  return createWeightedDraw(Array.from({ length: count }, (_, rank) => (rank + 1) ** -exponent));
}
