import { mean } from 'simple-statistics';
import type { Figure, SampleKind, Unit } from '../../reports/summary/figure.ts';

/** A figure that was measured once. Not finite: it was never reached, and the figure has no value. */
export function once(value: number, unit: Unit, n: number, of: SampleKind): Figure {
  return { value: Number.isFinite(value) ? value : null, unit, n, of, interval: null, emulated: false };
}

/** The mean over seeds with the lowest and highest as its interval; no value when a seed never reached it. */
export function overSeeds(values: readonly number[], unit: Unit): Figure {
  if (!values.every(Number.isFinite)) return once(Number.NaN, unit, values.length, 'seeds');
  const interval =
    values.length < 2 ? null : { low: Math.min(...values), high: Math.max(...values), confidence: null };
  return { ...once(mean([...values]), unit, values.length, 'seeds'), interval };
}

/** A time as the reader of a sentence wants it; without a value it was not reached in the time watched. */
export function plainSeconds({ value }: Figure, watchedSeconds: number): string {
  return value === null ? `more than ${watchedSeconds} s` : `${Number((value / 1e9).toPrecision(2))} s`;
}

export function plainPercent({ value }: Figure): string {
  return value === null ? 'unknown' : `${(100 * value).toFixed(1)} %`;
}
