import type { FigureGroup } from '../figure.ts';
import { costFigures } from './cost-figures.ts';
import { noHarmFigures } from './no-harm-figures.ts';
import { podCostFigures } from './pod-cost-figures.ts';
import { sessionFigures } from './session-figures.ts';
import { timeOfDayFigures } from './time-of-day-figures.ts';
import { traceFigures } from './trace-figures.ts';

/** Every figure of prewarming: what it brings, what it costs, and where it must not hurt. */
export const prewarmingFigures: readonly FigureGroup[] = [
  ...sessionFigures,
  { prefix: 'cost-pod.', measures: 'cpu-time', measure: podCostFigures },
  { prefix: 'cost.', measures: 'cpu-time', measure: costFigures },
  { prefix: 'time-of-day.', measure: timeOfDayFigures },
  ...traceFigures,
  ...noHarmFigures,
];
