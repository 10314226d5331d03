import { axis, plotOptions } from '../charts/axes.ts';
import type { Chart } from '../charts/chart.ts';
import { styleOf } from '../charts/palette.ts';
import type { Curves } from './schema.ts';

/** Curves as a chart: a line or points a series, each with its own colour, marker and dash. */
export function chartOf({ id, title, reading, x, y, series }: Curves): Chart {
  return {
    id,
    title,
    reading,
    heightPx: 340,
    config: {
      type: 'scatter',
      data: {
        datasets: series.map(({ label, draw, points }, i) => ({
          label,
          ...styleOf(i),
          showLine: draw === 'line',
          borderWidth: 2,
          pointRadius: draw === 'points' ? 6 : points.length > 25 ? 0 : 3,
          data: points,
        })),
      },
      options: plotOptions({ x: axis(x), y: axis(y) }, { tooltip: `${y.format}:tooltip:y` }),
    },
  };
}
