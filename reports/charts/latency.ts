import type { ScenarioSummary } from '../summary/scenario.ts';
import type { Summary } from '../summary.ts';
import { axis, NAMES, plotOptions } from './axes.ts';
import type { Chart } from './chart.ts';
import { byName, withCurves, withoutCurves } from './crowd.ts';
import { styleOf } from './palette.ts';

type Curve = 'requestCurve' | 'readCurve';

function percentilePlot(
  summary: Summary,
  curve: Curve,
  tick: 'durationTick' | 'durationDecade',
): Chart['config'] {
  return {
    type: 'scatter',
    data: {
      datasets: withCurves(summary).map((scenario, i) => ({
        label: scenario.name,
        ...styleOf(i),
        showLine: true,
        borderWidth: 2,
        pointRadius: scenario[curve].map((_, at) => (at % 12 === 0 ? 4 : 0)),
        data: scenario[curve].map(({ oneIn, valueNs }) => ({ x: oneIn, y: valueNs })),
      })),
    },
    options: plotOptions(
      {
        x: axis({
          type: 'logarithmic',
          title: 'percentile (each step right: ten times rarer)',
          format: 'percentileTick',
          min: 1,
        }),
        y: axis({ type: 'logarithmic', title: 'latency', format: tick }),
      },
      { tooltip: 'duration:tooltip:y' },
    ),
  };
}

const hasCurve = (summary: Summary, curve: Curve): boolean =>
  summary.scenarios.some((scenario) => scenario[curve].length > 0);

/** Latency of whole requests, scenario by scenario, over the percentiles; null without requests enough for a curve. */
export function requestLatencyChart(summary: Summary): Chart | null {
  if (!hasCurve(summary, 'requestCurve')) return null;
  return {
    id: 'request-latency',
    title: 'Request latency (emulated origin wait included)',
    reading: `Lower is better. Each curve runs from the fastest request on the left to the rarest slow ones on the right, and ends where fewer than ten requests remain.${withoutCurves(summary)}`,
    heightPx: 380,
    config: percentilePlot(summary, 'requestCurve', 'durationTick'),
  };
}

/** Latency of single reads, scenario by scenario; null without reads enough for a curve. */
export function readLatencyChart(summary: Summary): Chart | null {
  if (!hasCurve(summary, 'readCurve')) return null;
  return {
    id: 'read-latency',
    title: 'Read latency (misses include the emulated origin wait)',
    reading: `Lower is better. The step in a curve is its hit ratio: hits left of it, misses right of it. A cache moves the step, it does not remove it.${withoutCurves(summary)}`,
    heightPx: 380,
    config: percentilePlot(summary, 'readCurve', 'durationDecade'),
  };
}

const LEVELS: {
  label: string;
  colour: string;
  marker: string;
  of: (scenario: ScenarioSummary) => number | null;
}[] = [
  { label: 'read p50', colour: '$series3', marker: 'circle', of: ({ read }) => read.p50.value },
  { label: 'read p99', colour: '$series3', marker: 'triangle', of: ({ read }) => read.p99.value },
  { label: 'request p50', colour: '$series1', marker: 'circle', of: ({ request }) => request.p50.value },
  { label: 'request p99', colour: '$series1', marker: 'triangle', of: ({ request }) => request.p99.value },
];

/**
 * What a fast read is worth to the request it belongs to; null where nothing was measured. Points, not bars: a log axis
 * has no zero to stand on.
 */
export function levelsChart(summary: Summary): Chart | null {
  if (LEVELS.every(({ of }) => summary.scenarios.every((scenario) => of(scenario) === null))) return null;
  const { heightPx, scales, indexAxis } = byName(summary, {
    category: axis({ type: 'category', title: '', offset: true, ticks: NAMES }),
    value: axis({ type: 'logarithmic', title: 'latency', format: 'durationDecade' }),
  });
  return {
    id: 'request-against-read',
    title: 'Request against read level (emulated origin wait included)',
    reading:
      'A read can be a thousand times faster while the request around it is not: it still waits for its slowest read, the network and the service.',
    heightPx,
    config: {
      type: 'line',
      data: {
        labels: summary.scenarios.map(({ name }) => name),
        datasets: LEVELS.map(({ label, colour, marker, of }) => ({
          label,
          showLine: false,
          backgroundColor: colour,
          borderColor: colour,
          pointStyle: marker,
          pointRadius: 7,
          data: summary.scenarios.map(of),
        })),
      },
      options: plotOptions(scales, {
        tooltip: `duration:tooltip:${indexAxis === 'x' ? 'y' : 'x'}`,
        indexAxis,
      }),
    },
  };
}
