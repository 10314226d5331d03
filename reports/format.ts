import type { Figure, Unit } from './summary/figure.ts';

/** Three significant digits, without an exponent. */
export function number(value: number): string {
  if (value === 0) return '0';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-GB');
  return String(Number(value.toPrecision(3)));
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

/** A share as percent. */
export function percent(ratio: number): string {
  return `${number(100 * ratio)} %`;
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
      return `${number(value)}×`;
    case 'us/request':
      return `${number(value)} µs per request`;
    case '1/request':
      return `${number(value)} per request`;
    case 'bytes/byte':
      return `${number(value)} B per B`;
    default:
      return unit satisfies never;
  }
}

/** `low to high` with the unit, or null where there are too few samples for an interval. */
export function intervalText({ interval, unit }: Figure): string | null {
  return interval && `${withUnit(interval.low, unit)} to ${withUnit(interval.high, unit)}`;
}

/** The number of samples and what they are. */
export function samples({ n, of }: Figure): string {
  return `n = ${Math.round(n).toLocaleString('en-GB')} ${of}`;
}
