import type { Count } from '../../src/units.ts';
import type { Figure } from '../figure.ts';

/** A figure from one value per repetition: their median, and the lowest and highest. */
export function figureOf(
  figure: string,
  values: readonly number[],
  unit: string,
  n: Count,
  how: string,
): Figure {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return {
    figure,
    value: median,
    unit,
    interval: values.length > 1 ? [sorted[0]!, sorted.at(-1)!] : null,
    n,
    how,
  };
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
