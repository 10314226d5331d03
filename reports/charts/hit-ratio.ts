import type { Summary } from '../summary.ts';
import { axis, plotOptions } from './axes.ts';
import type { Chart } from './chart.ts';
import { withCurves, withoutCurves } from './crowd.ts';
import { styleOf } from './palette.ts';

/** Hit ratio from an empty cache on; null when the run recorded no cold start. */
export function hitRatioChart(summary: Summary): Chart | null {
  const started = withCurves(summary)
    .map((scenario, i) => ({ scenario, i }))
    .filter(({ scenario }) => scenario.coldStart !== null);
  if (started.length === 0) return null;
  return {
    id: 'hit-ratio',
    title: 'Hit ratio after a cold start',
    reading: `Higher is better. Every pod starts empty at 0 s; each point is the reads of one interval. Warm-ups run one after another: the first also warms the processes and their connections, and looks slower for it.${withoutCurves(summary)}`,
    heightPx: 320,
    config: {
      type: 'scatter',
      data: {
        datasets: started.map(({ scenario, i }) => ({
          label: scenario.name,
          ...styleOf(i),
          showLine: true,
          borderWidth: 2,
          pointRadius: 3,
          data: scenario.coldStart!.points.map(({ tMs, hitRatio }) => ({ x: tMs, y: hitRatio })),
        })),
      },
      options: plotOptions(
        {
          x: axis({ title: 'time since the pods were born', format: 'seconds', min: 0 }),
          y: axis({ title: 'hit ratio', format: 'percent', min: 0, max: 1 }),
        },
        { tooltip: 'percent:tooltip:y' },
      ),
    },
  };
}
