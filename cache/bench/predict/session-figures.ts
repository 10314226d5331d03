import { seededRandom } from '../../src/random.ts';
import { AdaptivePolicy } from '../../src/store/eviction/adaptive.ts';
import type { Millis } from '../../src/units.ts';
import type { Figure, FigureGroup } from '../figure.ts';
import { runSessions, type SessionResult, type SessionRun } from './run-sessions.ts';
import { type SessionWorkload, sessionRequests } from './session-workload.ts';
import { figureOf, sum } from './summary.ts';

const SEEDS = [1, 2, 3, 4, 5];
const WARM_UP_MS: Millis = 10_000;
const UNTIL_MS: Millis = 25_000;
/** A false rule costs for as long as it takes to see through it; the run must hold several turns. */
const BAIT_MS: Millis = 5000;
const WORKLOAD: SessionWorkload = {
  requestsPerSecond: 1000,
  users: 200_000,
  zipfExponent: 0.9,
  tokens: 'reused',
  noise: 0.05,
};

/** One run with or without prediction; the same seed meets the same requests. */
export function runSeed(
  seed: number,
  workload: Partial<SessionWorkload>,
  prediction: 'on' | 'off',
  more: Partial<SessionRun> = {},
): SessionResult {
  return runSessions({
    requests: sessionRequests({ ...WORKLOAD, ...workload }, seededRandom(seed)),
    policy: new AdaptivePolicy(),
    entries: 50_000,
    loadMs: 2,
    warmUpMs: WARM_UP_MS,
    untilMs: UNTIL_MS,
    ...(prediction === 'on' && { prewarm: { salt: seed, rng: seededRandom(seed + 1000) } }),
    ...more,
  });
}

/** Token → user → profile, with reused and with fresh tokens, and with a rule that keeps turning false. */
export const sessionFigures: readonly FigureGroup[] = [
  { prefix: 'sessions.', measure: () => compare('sessions', {}, 'tokens reused') },
  {
    prefix: 'fresh-sessions.',
    measure: () => compare('fresh-sessions', { tokens: 'fresh' }, 'a new token each session'),
  },
  {
    prefix: 'bait.',
    measure: () => compare('bait', { trueForMs: BAIT_MS }, `values lie every other ${BAIT_MS / 1000} s`),
  },
];

function* compare(name: string, workload: Partial<SessionWorkload>, what: string): Generator<Figure> {
  const pairs = SEEDS.map((seed) => ({
    off: runSeed(seed, workload, 'off'),
    on: runSeed(seed, workload, 'on'),
  }));
  const reads = sum(pairs.map(({ on }) => on.reads));
  const how = `${SEEDS.length} seeds, ${what}, 1,000 requests/s for ${(UNTIL_MS - WARM_UP_MS) / 1000} s after ${WARM_UP_MS / 1000} s, load 2 ms, 50,000 entries, adaptive eviction, simulated time; median, lowest and highest seed`;
  const figure = (id: string, unit: string, of: (pair: (typeof pairs)[number]) => number) =>
    figureOf(`${name}.${id}`, pairs.map(of), unit, reads, how);
  const profile = ({ on }: (typeof pairs)[number]) => on.byKind.get('profile')!;
  if (name !== 'bait') {
    yield figure('profile-misses-covered', 'share', (pair) => {
      const { prefetched, late, miss } = profile(pair);
      return (prefetched + late) / (prefetched + late + miss);
    });
    yield figure('profile-ready-in-time', 'share', (pair) => {
      const { prefetched, late } = profile(pair);
      return prefetched / (prefetched + late);
    });
    yield figure('learned-after', 's', ({ on }) => (on.firstProfileMs ?? Number.NaN) / 1000);
  }
  yield figure('accuracy', 'share', ({ on }) => {
    const { timely, late, fetched } = on.prewarmer!.stats();
    return (timely + late) / fetched;
  });
  yield figure('unused-per-miss', 'ratio', ({ on }) => on.prewarmer!.stats().unused / on.misses);
  yield figure('origin-fetches', 'times', ({ on, off }) => on.originLoads / off.originLoads);
  yield figure('hit-ratio-without', '%', ({ off }) => 100 * off.hitRatio);
  yield figure('hit-ratio-with', '%', ({ on }) => 100 * on.hitRatio);
  yield figure('mean-load-without', 'ms', ({ off }) => off.meanLoadMs);
  yield figure('mean-load-with', 'ms', ({ on }) => on.meanLoadMs);
}
