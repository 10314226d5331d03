import type { Micros, Millis } from '../../src/units.ts';
import type { Figure } from '../figure.ts';
import { runSeed } from './session-figures.ts';
import { figureOf, sum } from './summary.ts';

const SEEDS = [1, 2, 3, 4, 5];
const UNTIL_MS: Millis = 20_000;
/** 3.65 reads a request: 5,000 reads a second. */
const REQUESTS_PER_SECOND = 1370;

/** What learning costs in CPU time at 5,000 reads a second. */
export function* costFigures(): Generator<Figure> {
  const runs = SEEDS.map((seed) => {
    const batchesUs: Micros[] = [];
    let cpuUs: Micros = 0;
    const { reads } = runSeed(seed, { requestsPerSecond: REQUESTS_PER_SECOND }, 'on', {
      warmUpMs: 0,
      untilMs: UNTIL_MS,
      onLearned: (cpu, clockUs) => {
        cpuUs += cpu;
        batchesUs.push(clockUs);
      },
    });
    return { reads, cpuUs, batchesUs: batchesUs.sort((a, b) => a - b) };
  });
  const reads = sum(runs.map((run) => run.reads));
  const how = `${SEEDS.length} seeds, session workload at 5,000 reads/s for ${UNTIL_MS / 1000} s, CPU time of the thread (its garbage collection included), batches by the clock; without the limit of 2 % and 200 us that a Predictor sets`;
  const figure = (id: string, unit: string, of: (run: (typeof runs)[number]) => number) =>
    figureOf(`cost.${id}`, runs.map(of), unit, reads, how);
  yield figure('share-of-a-core', '%', (run) => run.cpuUs / UNTIL_MS / 10);
  yield figure('per-read', 'us', (run) => run.cpuUs / run.reads);
  yield figure('batch-p99', 'us', (run) => run.batchesUs[Math.floor(run.batchesUs.length * 0.99)]!);
}
