import { axis, plotOptions } from '../charts/axes.ts';
import type { Chart } from '../charts/chart.ts';
import { styleOf } from '../charts/palette.ts';
import { number, percent } from '../format.ts';
import { markdownTable } from '../markdown.ts';
import type { RocPoint } from './replay.ts';

/** The ROC as a table: one row a tolerance and planted regression. */
export function rocMarkdown(points: readonly RocPoint[]): string {
  return markdownTable(
    [
      'Tolerance for p50',
      'Planted',
      'False failures',
      'Detected',
      'INCONCLUSIVE without a change',
      'Replays',
    ],
    points.map((point) => [
      `+${percent(point.tolerance)}`,
      `+${percent(point.planted)}`,
      percent(point.falseFailRatio),
      percent(point.detectionRatio),
      percent(point.inconclusiveRatio),
      point.n.toLocaleString('en-GB'),
    ]),
  );
}

/** The same as a chart: one curve a tolerance, from nothing planted (the false failures) up. */
export function rocChart(points: readonly RocPoint[]): Chart {
  const tolerances = [...new Set(points.map((point) => point.tolerance))];
  return {
    id: 'gate-roc',
    title: `Gate: how often it says REGRESSED (n = ${number(points[0]?.n ?? 0)} replays a point)`,
    reading:
      'At 0 % nothing is planted: every verdict there is a false failure. A good gate stays at 0 % up to its tolerance and climbs steeply after it.',
    heightPx: 360,
    config: {
      type: 'scatter',
      data: {
        datasets: tolerances.map((tolerance, i) => {
          const curve = points.filter((point) => point.tolerance === tolerance);
          return {
            label: `tolerance +${percent(tolerance)}`,
            ...styleOf(i + 1),
            showLine: true,
            pointRadius: 4,
            data: [
              { x: 0, y: curve[0]?.falseFailRatio ?? null },
              ...curve.map(({ planted, detectionRatio }) => ({ x: planted, y: detectionRatio })),
            ],
          };
        }),
      },
      options: plotOptions(
        {
          x: axis({ title: 'planted in the p50 of the head', format: 'percent', min: 0 }),
          y: axis({ title: 'REGRESSED', format: 'percent', min: 0, max: 1 }),
        },
        { tooltip: 'percent:tooltip:y' },
      ),
    },
  };
}
