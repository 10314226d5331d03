import type { Figure, Unit } from './summary/figure.ts';

/** Three significant digits, without an exponent. */
export function number(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-GB');
  return Number(value.toPrecision(3)).toLocaleString('en-GB', { maximumSignificantDigits: 3 });
}

/** A number; what is not `mark` is never rounded to it, up to six digits. */
function apartFrom(mark: number, value: number): string {
  const digits = [3, 4, 5, 6].find((digits) => Number(value.toPrecision(digits)) !== mark);
  return value === mark || digits === undefined || digits === 3 ? number(value) : value.toPrecision(digits);
}

/** A ratio. What is not 1 is never rounded to it: whether an interval holds 1 is what a reader looks for. */
export function ratioText(value: number): string {
  return apartFrom(1, value);
}

function scaled(value: number, steps: readonly (readonly [number, string])[]): string {
  const [size, unit] = steps.find(([from]) => Math.abs(value) >= from) ?? steps.at(-1)!;
  return `${number(value / size)} ${unit}`;
}

/** A duration in the unit that suits it. */
export function duration(ns: number): string {
  return scaled(ns, [
    [1e9, 's'],
    [1e6, 'ms'],
    [1e3, 'µs'],
    [1, 'ns'],
  ]);
}

/** A size in the binary unit that suits it. */
export function bytes(size: number): string {
  return scaled(size, [
    [2 ** 30, 'GiB'],
    [2 ** 20, 'MiB'],
    [2 ** 10, 'KiB'],
    [1, 'B'],
  ]);
}

/** A share as percent. Less than all is never rounded to all. */
export function percent(ratio: number): string {
  return `${apartFrom(100, 100 * ratio)} %`;
}

/** A value with its unit. */
export function withUnit(value: number, unit: Unit): string {
  switch (unit) {
    case 'ns':
      return duration(value);
    case 'bytes':
      return bytes(value);
    case 'ratio':
      return percent(value);
    case 'times':
      return `${ratioText(value)}×`;
    case 'us/request':
      return `${duration(1000 * value)}/request`;
    case '1/request':
      return `${number(value)} /request`;
    case 'bytes/s':
      return `${bytes(value)}/s`;
    case 'bytes/byte':
      return `${number(value)} B/B`;
    default:
      return unit satisfies never;
  }
}

/** `low to high`, the unit once where both share it; null where there are too few samples for an interval. */
export function intervalText({ interval, unit }: Figure): string | null {
  if (interval === null) return null;
  const [low, high] = [withUnit(interval.low, unit), withUnit(interval.high, unit)];
  const suffix = high.slice(high.indexOf(' '));
  return high.includes(' ') && low.endsWith(suffix)
    ? `${low.slice(0, -suffix.length)} to ${high}`
    : `${low} to ${high}`;
}

/** How many there are of something, as `1 pair` or `6 pairs`. */
export function counted(n: number, of: string): string {
  const one = of.replace(/ies$/, 'y').replace(/ches$/, 'ch').replace(/s$/, '');
  return `${Math.round(n).toLocaleString('en-GB')} ${n === 1 ? one : of}`;
}

/** The number of samples and what they are. */
export function samples({ n, of }: Pick<Figure, 'n' | 'of'>): string {
  return `n = ${counted(n, of)}`;
}
