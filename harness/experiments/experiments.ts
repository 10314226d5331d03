import { coldStart } from './cold-start.ts';
import type { ExperimentKind } from './experiment.ts';
import { freshness } from './freshness.ts';
import { hotShift } from './hot-shift.ts';
import { prewarming } from './prewarming.ts';

/** What `run` measures besides scenarios: one question each, with a page of its own. */
export const EXPERIMENTS: readonly ExperimentKind[] = [
  {
    name: 'cold-start',
    description: 'what a pod restart costs, and what warms it',
    measure: coldStart,
  },
  {
    name: 'hot-shift',
    description: 'how fast caches follow when the hot keys change',
    measure: hotShift,
  },
  {
    name: 'freshness',
    description: 'stale reads against hit ratio: static, learned, optimum',
    measure: freshness,
  },
  {
    name: 'prewarming',
    description: 'what prediction fetches ahead, and what it wastes',
    measure: prewarming,
  },
];
