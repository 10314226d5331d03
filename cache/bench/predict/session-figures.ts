import { seededRandom } from '../../src/random.ts';
import { AdaptivePolicy } from '../../src/store/eviction/adaptive.ts';
import type { Millis } from '../../src/units.ts';
import type { Figure, FigureGroup } from '../figure.ts';
import { runSessions, type SessionResult, type SessionRun } from './run-sessions.ts';
import { type SessionWorkload, sessionRequests } from './session-workload.ts';
import { figureOf, sum } from './summary.ts';

const SEEDS = [1, 2, 3, 4, 5];
const RUN = { entries: 50_000, warmUpMs: 10_000, untilMs: 25_000 };
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
    ...RUN,
    loadMs: 2,
    ...(prediction === 'on' && { prewarm: { salt: seed, rng: seededRandom(seed + 1000) } }),
    ...more,
  });
}

/** Reads turn such a cache over in seconds; the eviction policy then has half a minute to leave newcomers no room. */
export const TIGHT = {
  workload: { users: 20_000, requestsPerSecond: 1_667 },
  run: { entries: 5_000, warmUpMs: 20_000, untilMs: 60_000 },
} as const;

/** Token → user → profile, with reused and with fresh tokens, and with a rule that keeps turning false. */
export const sessionFigures: readonly FigureGroup[] = [
  { prefix: 'sessions.', measure: () => compare('sessions', {}, 'tokens reused') },
  {
    prefix: 'fresh-sessions.',
    measure: () => compare('fresh-sessions', { tokens: 'fresh' }, 'a new token each session'),
  },
  {
    prefix: 'tight-sessions.',
    measure: () => compare('tight-sessions', TIGHT.workload, 'tokens reused, 20,000 users', TIGHT.run),
  },
  {
    prefix: 'bait.',
    measure: () => compare('bait', { trueForMs: BAIT_MS }, `values lie every other ${BAIT_MS / 1000} s`),
  },
];

function* compare(
  name: string,
  workload: Partial<SessionWorkload>,
  what: string,
  run: Partial<SessionRun> = {},
): Generator<Figure> {
  const pairs = SEEDS.map((seed) => ({
    off: runSeed(seed, workload, 'off', run),
    on: runSeed(seed, workload, 'on', run),
  }));
  const reads = sum(pairs.map(({ on }) => on.reads));
  const { requestsPerSecond } = { ...WORKLOAD, ...workload };
  const { entries, warmUpMs, untilMs } = { ...RUN, ...run };
  const how = `${SEEDS.length} seeds, ${what}, ${thousands(requestsPerSecond)} requests/s for ${(untilMs - warmUpMs) / 1000} s after ${warmUpMs / 1000} s, load 2 ms, ${thousands(entries)} entries, adaptive eviction, simulated time; median, lowest and highest seed`;
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

function thousands(count: number): string {
  return count.toLocaleString('en-GB');
}
