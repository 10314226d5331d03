/**
 * A chart as plain data, drawn twice: as PNG and inside the page. It is a chart.js configuration in which colours
 * and number formats are names (`$ink`, `@duration`) that `revive` looks up when the chart is drawn, so that the
 * same data follows light and dark.
 */
export interface Chart {
  /** File name of the PNG, without its ending, and id in the page. */
  readonly id: string;
  readonly title: string;
  /** How to read it, in one sentence. */
  readonly reading: string;
  readonly heightPx: number;
  readonly config: ChartData;
}

export type ChartData = { readonly [key: string]: unknown };

export interface Palette {
  readonly [name: string]: string;
}

/** Number formats of axes and tooltips. Each must stand alone: the page receives its source text. */
export const formats = {
  duration: (ns: number): string => {
    if (ns < 1_000) return `${Number(ns.toPrecision(3))} ns`;
    if (ns < 1_000_000) return `${Number((ns / 1_000).toPrecision(3))} µs`;
    if (ns < 1_000_000_000) return `${Number((ns / 1_000_000).toPrecision(3))} ms`;
    return `${Number((ns / 1_000_000_000).toPrecision(3))} s`;
  },
  /** A log axis has room for 1, 2 and 5 of each decade at most. */
  durationTick: (ns: number): string => {
    const lead = ns / 10 ** Math.floor(Math.log10(ns) + 1e-9);
    if (![1, 2, 5].some((step) => Math.abs(lead - step) < 1e-6)) return '';
    if (ns < 1_000) return `${Number(ns.toPrecision(3))} ns`;
    if (ns < 1_000_000) return `${Number((ns / 1_000).toPrecision(3))} µs`;
    if (ns < 1_000_000_000) return `${Number((ns / 1_000_000).toPrecision(3))} ms`;
    return `${Number((ns / 1_000_000_000).toPrecision(3))} s`;
  },
  /** Powers of ten only, for an axis of many decades. */
  durationDecade: (ns: number): string => {
    const power = Math.log10(ns);
    if (Math.abs(power - Math.round(power)) > 1e-6) return '';
    if (ns < 1_000) return `${ns} ns`;
    if (ns < 1_000_000) return `${ns / 1_000} µs`;
    if (ns < 1_000_000_000) return `${ns / 1_000_000} ms`;
    return `${ns / 1_000_000_000} s`;
  },
  /** 1-in-N as the percentile people know. */
  percentileTick: (oneIn: number): string => {
    const known: Record<string, string> = {
      1: 'min',
      2: 'p50',
      10: 'p90',
      100: 'p99',
      1000: 'p99.9',
      10000: 'p99.99',
    };
    return known[String(oneIn)] ?? '';
  },
  percent: (ratio: number): string => `${Math.round(ratio * 100)} %`,
  mebibytes: (mebibytes: number): string => `${Number(mebibytes.toPrecision(3))} MiB`,
  gibibytes: (gibibytes: number): string => `${Number(gibibytes.toPrecision(3))} GiB`,
  seconds: (ms: number): string => `${Number((ms / 1_000).toPrecision(3))} s`,
  times: (ratio: number): string => `${Number(ratio.toPrecision(3))}×`,
  /** A log axis of ratios: 1, 2 and 5 of each decade. */
  timesTick: (ratio: number): string => {
    const lead = ratio / 10 ** Math.floor(Math.log10(ratio) + 1e-9);
    return [1, 2, 5].some((step) => Math.abs(lead - step) < 1e-6) ? `${Number(ratio.toPrecision(3))}×` : '';
  },
  /** Powers of ten only, for an axis of many decades. */
  timesDecade: (ratio: number): string => {
    const power = Math.log10(ratio);
    return Math.abs(power - Math.round(power)) < 1e-6 ? `${Number(ratio.toPrecision(3))}×` : '';
  },
} as const;

/**
 * Replaces the names in a chart by colours and functions. Must stand alone: the page receives its source text.
 * `@name` becomes the format as an axis callback, `@name:tooltip:y` as a tooltip callback for the y value,
 * `$grid:labelled` the grid's colour where the axis has a label, `?labelled` a filter for what has one.
 */
export function revive(
  value: unknown,
  palette: Palette,
  named: Record<string, (value: number) => string>,
): unknown {
  if (Array.isArray(value)) return value.map((item) => revive(item, palette, named));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, revive(item, palette, named)]),
    );
  }
  if (typeof value !== 'string') return value;
  if (value === '?labelled')
    return (item: { text?: string; dataset?: { label: string } }) =>
      Boolean(item.text ?? item.dataset?.label);
  if (value === '$grid:labelled')
    return (at: { tick?: { label: string } }) => (at.tick?.label === '' ? 'transparent' : palette.grid);
  if (value.startsWith('$')) return palette[value.slice(1)] ?? value;
  if (!value.startsWith('@')) return value;
  const [name, where, axis] = value.slice(1).split(':');
  const format = named[name!]!;
  if (where !== 'tooltip') return (tick: number | string) => format(Number(tick));
  return (item: { dataset: { label: string }; parsed: Record<string, number> }) =>
    `${item.dataset.label}: ${format(item.parsed[axis!]!)}`;
}
