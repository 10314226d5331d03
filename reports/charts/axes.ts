import type { ChartData } from './chart.ts';

interface AxisOptions {
  readonly type?: 'linear' | 'logarithmic' | 'category';
  readonly title: string;
  /** Name of a format in `formats`. */
  readonly format?: string;
  readonly stacked?: boolean;
  readonly [more: string]: unknown;
}

/** Ticks that are names: every one is shown. */
export const NAMES: ChartData = { color: '$ink', maxRotation: 0, autoSkip: false };

/** An axis with its unit in the title. */
export function axis({ title, format, type = 'linear', ...more }: AxisOptions): ChartData {
  return {
    type,
    title: { display: title !== '', text: title, color: '$muted' },
    grid: { color: type === 'logarithmic' ? '$grid:labelled' : '$grid' },
    border: { color: '$grid' },
    ticks: {
      color: '$muted',
      maxRotation: 0,
      autoSkip: type !== 'logarithmic',
      ...(format === undefined ? {} : { callback: `@${format}` }),
    },
    ...more,
  };
}

interface PlotOptions {
  readonly tooltip?: string;
  readonly legend?: boolean;
  readonly [more: string]: unknown;
}

/** What all charts share: no animation, no fixed shape, a short legend with the markers in it. */
export function plotOptions(
  scales: ChartData,
  { tooltip, legend = true, ...more }: PlotOptions = {},
): ChartData {
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    interaction: { mode: 'nearest', intersect: false },
    plugins: {
      legend: {
        display: legend,
        position: 'bottom',
        labels: { color: '$ink', usePointStyle: true, boxHeight: 7, filter: '?labelled' },
      },
      tooltip:
        tooltip === undefined
          ? { enabled: false }
          : { filter: '?labelled', callbacks: { label: `@${tooltip}` } },
    },
    scales,
    ...more,
  };
}
