import type { ComparedFigure, Comparison, Verdict } from '../summary/comparison.ts';
import type { Summary } from '../summary.ts';
import { axis, plotOptions } from './axes.ts';
import type { Chart } from './chart.ts';
import { isCrowd } from './crowd.ts';

const STYLE: Record<Verdict, { colour: string; marker: string }> = {
  faster: { colour: '$faster', marker: 'circle' },
  slower: { colour: '$slower', marker: 'triangle' },
  INCONCLUSIVE: { colour: '$inconclusive', marker: 'crossRot' },
};

const VERDICTS = Object.keys(STYLE) as Verdict[];

const rowOf = ({ scenario, figure }: Comparison) => `${figure} · ${scenario}`;

/** A line for every comparison with its interval (a forest plot); null without one. */
function forestPlot(
  summary: Summary,
  figures: readonly ComparedFigure[],
  { tick, ...head }: { id: string; title: string; tick: 'timesTick' | 'timesDecade' },
): Chart | null {
  const rows = figures.flatMap((figure) =>
    summary.comparisons.filter((row) => row.figure === figure && row.ratio !== null && row.interval !== null),
  );
  if (rows.length === 0) return null;
  const labels = rows.map(rowOf);
  return {
    ...head,
    reading:
      'Left of 1× is better than the baseline. The bar is the 95 % interval; where it crosses 1×, or rests on fewer than 6 pairs, the answer is INCONCLUSIVE.',
    heightPx: 110 + (isCrowd(summary) ? 20 : 26) * rows.length,
    config: {
      type: 'bar',
      data: {
        labels,
        datasets: [
          ...VERDICTS.flatMap((verdict) => forestRows(rows, verdict)),
          {
            type: 'scatter',
            label: '',
            showLine: true,
            borderColor: '$ink',
            borderWidth: 1.5,
            pointRadius: 0,
            data: labels.map((label) => ({ x: 1, y: label })),
          },
        ],
      },
      options: plotOptions(
        {
          x: axis({
            type: 'logarithmic',
            title: `ratio to ${summary.baseline} (log scale)`,
            format: tick,
          }),
          y: axis({ type: 'category', title: '', ticks: { color: '$ink', autoSkip: false } }),
        },
        { tooltip: 'times:tooltip:x', indexAxis: 'y' },
      ),
    },
  };
}

function forestRows(rows: readonly Comparison[], verdict: Verdict) {
  const { colour, marker } = STYLE[verdict];
  const here = rows.filter((row) => row.verdict === verdict);
  if (here.length === 0) return [];
  return [
    {
      type: 'scatter',
      label: verdict,
      backgroundColor: colour,
      borderColor: colour,
      pointStyle: marker,
      pointRadius: 5,
      borderWidth: 2,
      data: here.map((row) => ({ x: row.ratio, y: rowOf(row) })),
    },
    {
      type: 'bar',
      label: '',
      backgroundColor: colour,
      barThickness: 3,
      grouped: false,
      data: rows.map((row) => (row.verdict === verdict ? [row.interval!.low, row.interval!.high] : null)),
    },
  ];
}

/** What a request gains or loses: latency from schedule to answer, and CPU. */
export function requestRatioChart(summary: Summary): Chart | null {
  return forestPlot(
    summary,
    isCrowd(summary)
      ? ['request p50', 'request p99', 'CPU per request']
      : ['request p50', 'request p90', 'request p99', 'request mean', 'CPU per request'],
    {
      id: 'paired-ratios-of-requests',
      tick: 'timesTick',
      title: `Requests against ${summary.baseline}, paired (emulated origin wait included, except in CPU)`,
    },
  );
}

/** What a single read gains or loses; its axis is far wider. */
export function readRatioChart(summary: Summary): Chart | null {
  return forestPlot(summary, isCrowd(summary) ? ['read p50'] : ['read p50', 'read mean'], {
    id: 'paired-ratios-of-reads',
    tick: 'timesDecade',
    title: `Reads against ${summary.baseline}, paired (emulated origin wait included in misses)`,
  });
}
