import type { Summary } from '../summary.ts';
import type { Chart } from './chart.ts';
import { hitRatioChart } from './hit-ratio.ts';
import { levelsChart, readLatencyChart, requestLatencyChart } from './latency.ts';
import { fleetMemoryChart, podMemoryChart } from './memory.ts';
import { readRatioChart, requestRatioChart } from './ratios.ts';

/** All charts of a run, in the order of the page; those without data are left out. */
export function chartsOf(summary: Summary): Chart[] {
  return [
    requestRatioChart(summary),
    readRatioChart(summary),
    requestLatencyChart(summary),
    readLatencyChart(summary),
    levelsChart(summary),
    hitRatioChart(summary),
    podMemoryChart(summary),
    fleetMemoryChart(summary),
  ].filter((chart) => chart !== null);
}
