import { axis, plotOptions } from '../charts/axes.ts';
import type { Chart } from '../charts/chart.ts';
import { styleOf } from '../charts/palette.ts';
import { percent } from '../format.ts';
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

/** The ROC as a chart: one curve a planted regression, a point a tolerance. */
export function rocChart(points: readonly RocPoint[]): Chart {
  const planted = [...new Set(points.map((point) => point.planted))];
  return {
    id: 'gate-roc',
    title: `Gate: detection against false failures (n = ${points[0]?.n ?? 0} replays a point)`,
    reading: 'Up and to the left is better. Each point is a tolerance for p50.',
    heightPx: 360,
    config: {
      type: 'scatter',
      data: {
        datasets: planted.map((share, i) => ({
          label: `+${percent(share)} planted`,
          ...styleOf(i + 1),
          showLine: true,
          pointRadius: 4,
          data: points
            .filter((point) => point.planted === share)
            .map(({ falseFailRatio, detectionRatio }) => ({ x: falseFailRatio, y: detectionRatio })),
        })),
      },
      options: plotOptions(
        {
          x: axis({ title: 'false failures (A/A)', format: 'percent', min: 0 }),
          y: axis({ title: 'detected', format: 'percent', min: 0, max: 1 }),
        },
        { tooltip: 'percent:tooltip:y' },
      ),
    },
  };
}
