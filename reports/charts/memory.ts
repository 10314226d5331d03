import { FLEET_PODS } from '../summary/memory.ts';
import type { Summary } from '../summary.ts';
import { axis, NAMES, plotOptions } from './axes.ts';
import type { Chart } from './chart.ts';
import { byName } from './crowd.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

const PARTS = [
  { part: 'application', label: 'application', colour: '$series3' },
  { part: 'proxy', label: 'proxy', colour: '$series0' },
  { part: 'redis', label: 'Redis in the pod', colour: '$series1' },
  { part: 'cache', label: 'cache container or file', colour: '$series4' },
] as const;

function measured(summary: Summary) {
  return summary.scenarios.flatMap(({ name, memory }) => (memory === null ? [] : [{ name, memory }]));
}

function stacked(summary: Summary, format: 'mebibytes' | 'gibibytes') {
  return byName(summary, {
    category: axis({ type: 'category', title: '', stacked: true, ticks: NAMES }),
    value: axis({ title: 'memory', format, stacked: true }),
  });
}

/** What one pod holds, split by part; null when the run took no memory. */
export function podMemoryChart(summary: Summary): Chart | null {
  const scenarios = measured(summary);
  if (scenarios.length === 0) return null;
  const { heightPx, scales, indexAxis } = stacked(summary, 'mebibytes');
  return {
    id: 'memory-per-pod',
    title: 'Memory per pod',
    reading:
      'Lower is better. Mean over the pods of one deployment of each scenario alone, as filled in this run; a shared Redis is outside the pods.',
    heightPx,
    config: {
      type: 'bar',
      data: {
        labels: scenarios.map(({ name }) => name),
        datasets: PARTS.map(({ part, label, colour }) => ({
          label,
          backgroundColor: colour,
          pointStyle: 'rect',
          data: scenarios.map(({ memory }) => (memory.parts[part].value ?? 0) / MIB),
        })),
      },
      options: plotOptions(scales, {
        tooltip: `mebibytes:tooltip:${indexAxis === 'x' ? 'y' : 'x'}`,
        indexAxis,
      }),
    },
  };
}

/** What 200 such pods need, shared servers included once; null when the run took no memory. */
export function fleetMemoryChart(summary: Summary): Chart | null {
  const scenarios = measured(summary);
  if (scenarios.length === 0) return null;
  const { heightPx, scales, indexAxis } = stacked(summary, 'gibibytes');
  return {
    id: 'memory-of-the-fleet',
    title: `Memory of ${FLEET_PODS} pods (extrapolated)`,
    reading: `Lower is better. ${FLEET_PODS} times the mean pod of this run, plus shared servers once: the same sum for every scenario.`,
    heightPx,
    config: {
      type: 'bar',
      data: {
        labels: scenarios.map(({ name }) => name),
        datasets: [
          ...PARTS.map(({ part, label, colour }) => ({
            label,
            backgroundColor: colour,
            pointStyle: 'rect',
            data: scenarios.map(({ memory }) => memory.fleet.parts[part] / GIB),
          })),
          {
            label: 'shared servers',
            backgroundColor: '$series5',
            pointStyle: 'rect',
            data: scenarios.map(({ memory }) => memory.sharedBytes / GIB),
          },
        ],
      },
      options: plotOptions(scales, {
        tooltip: `gibibytes:tooltip:${indexAxis === 'x' ? 'y' : 'x'}`,
        indexAxis,
      }),
    },
  };
}
