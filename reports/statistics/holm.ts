import type { Ratio } from 'l1-cache';

/**
 * Adjusts p-values for having asked several questions at once (Holm 1979): rejecting those at or below `alpha`
 * keeps the chance of even one false rejection at or below `alpha`. Order is kept.
 */
export function holm(pValues: readonly Ratio[]): Ratio[] {
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(pValues.length);
  let floor = 0;
  ascending.forEach(({ p, index }, rank) => {
    floor = Math.max(floor, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = floor;
  });
  return adjusted;
}
