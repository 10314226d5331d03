import type { Micros, Millis } from '../../src/units.ts';
import type { Figure } from '../figure.ts';
import { runSeed } from './session-figures.ts';
import { figureOf, sum } from './summary.ts';

const SEEDS = [1, 2, 3, 4, 5];
const UNTIL_MS: Millis = 60_000;
/** Until then every read is looked at for new rules, and the learner's code is still being compiled. */
const YOUNG_MS: Millis = 30_000;
/** Reads and coverage count from here, as in the figures of sessions. */
const LEARNING_MS: Millis = 10_000;
/** 3.65 reads a request: 5,000 reads a second. */
const REQUESTS_PER_SECOND = 1370;
/** The share of one core that a Predictor allows. */
const SHARE = 0.02;

/** What learning costs in CPU time at 5,000 reads a second, and what it still covers within its limit. */
export function* costFigures(): Generator<Figure> {
  const free = SEEDS.map((seed) => measure(seed));
  const capped = SEEDS.map((seed) => measure(seed, SHARE));
  const how = `${SEEDS.length} seeds, session workload at 5,000 reads/s for ${UNTIL_MS / 1000} s, CPU time of the thread (its garbage collection included), batches by the clock`;
  const figureFor = (runs: readonly Measured[], more: string) => {
    const reads = sum(runs.map((run) => run.reads));
    return (id: string, unit: string, of: (run: Measured) => number) =>
      figureOf(`cost.${id}`, runs.map(of), unit, reads, `${how}; ${more}`);
  };
  const figure = figureFor(free, 'without the limit of 2 % and 200 us that a Predictor sets');
  yield figure('share-of-a-core.first-30-s', '%', (run) => run.youngUs / YOUNG_MS / 10);
  yield figure('share-of-a-core.afterwards', '%', (run) => run.oldUs / (UNTIL_MS - YOUNG_MS) / 10);
  yield figure(
    'per-read',
    'us',
    (run) => run.oldUs / (UNTIL_MS - YOUNG_MS) / (run.reads / (UNTIL_MS - LEARNING_MS)),
  );
  yield figure('batch-p99', 'us', (run) => run.batchesUs[Math.floor(run.batchesUs.length * 0.99)]!);
  yield figure('model-memory', 'bytes', (run) => run.modelBytes);
  const limited = figureFor(capped, 'with the limit');
  yield limited('limited.share-of-a-core', '%', (run) => (run.youngUs + run.oldUs) / UNTIL_MS / 10);
  yield limited('limited.accesses-passed-over', 'share', (run) => run.skipped / run.reads);
  yield limited('limited.profile-misses-covered', 'share', (run) => run.covered);
  yield limited('limited.learned-after', 's', (run) => run.learnedAfterMs / 1000);
}

type Measured = ReturnType<typeof measure>;

function measure(seed: number, learningShare?: number) {
  const batchesUs: Micros[] = [];
  let youngUs: Micros = 0;
  let oldUs: Micros = 0;
  const { reads, prewarmer, byKind, firstProfileMs } = runSeed(
    seed,
    { requestsPerSecond: REQUESTS_PER_SECOND },
    'on',
    {
      warmUpMs: LEARNING_MS,
      untilMs: UNTIL_MS,
      ...(learningShare !== undefined && { learningShare }),
      onLearned: (cpuUs, clockUs) => {
        // One batch a millisecond.
        if (batchesUs.length < YOUNG_MS) youngUs += cpuUs;
        else oldUs += cpuUs;
        batchesUs.push(clockUs);
      },
    },
  );
  const { skipped, bytes } = prewarmer!.stats();
  const { prefetched, late, miss } = byKind.get('profile')!;
  return {
    reads,
    youngUs,
    oldUs,
    batchesUs: batchesUs.sort((a, b) => a - b),
    modelBytes: bytes,
    skipped,
    covered: (prefetched + late) / (prefetched + late + miss),
    learnedAfterMs: firstProfileMs ?? Number.NaN,
  };
}
