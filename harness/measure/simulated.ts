/**
 * Claims about learning need more time, keys and pods than two cores have. The library's own code runs them against
 * a virtual clock, in the same simulators that its figures come from.
 */
import {
  type HotShiftOptions,
  secondsToRecover,
  simulateHotShift,
} from '../../cache/bench/fleet/hot-shift.ts';
import type { MutationKind } from '../../cache/bench/freshness/mutations.ts';
import { type Life, simulate } from '../../cache/bench/freshness/simulate.ts';
import { learned } from '../../cache/bench/freshness/ttl-sources.ts';
import { uniformWorld } from '../../cache/bench/freshness/world.ts';
import { runSessions, type SessionResult } from '../../cache/bench/predict/run-sessions.ts';
import { sessionRequests } from '../../cache/bench/predict/session-workload.ts';
import { AdaptivePolicy } from '../../cache/src/store/eviction/adaptive.ts';
import type { Measured, Measurements } from '../../reports/claims/measurements.ts';
import { seededRng } from '../../reports/statistics/rng.ts';
import { medianOf, overSeeds } from './samples.ts';

const SEEDS = [1, 2, 3];
const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const WEEK = 7 * 24 * HOUR;
const MS_TO_NS = 1e6;

/** Sessions with and without prediction: a token names a user, whose profile is read within 50 ms. */
export async function measurePrewarming(): Promise<Pick<Measurements, 'prewarming'>> {
  const runs = SEEDS.map((seed) => ({ with: sessions(seed, true), without: sessions(seed, false) }));
  const how = `the library's predictor on generated sessions (1,000 requests/s, 200,000 users, gap median 12 ms, origin 2 ms, simulated clock), seeds ${SEEDS.join(', ')}`;
  const profile = (run: SessionResult) => run.byKind.get('profile')!;
  const ratio = (
    of: (run: (typeof runs)[number]) => number,
    n: number,
    unit: Measured['unit'] = 'ratio',
  ): Measured => overSeeds(runs.map(of), n, unit, 'reads', how);
  const misses = runs.reduce((sum, run) => {
    const { prefetched, late, miss } = profile(run.with);
    return sum + prefetched + late + miss;
  }, 0);
  return {
    prewarming: {
      coverage: ratio(({ with: run }) => {
        const { prefetched, late, miss } = profile(run);
        return prefetched / (prefetched + late + miss);
      }, misses),
      inTime: ratio(({ with: run }) => {
        const { prefetched, late } = profile(run);
        return prefetched / (prefetched + late);
      }, misses),
      accuracy: ratio(
        ({ with: run }) => usedShare(run),
        runs.reduce((sum, run) => sum + run.with.prewarmer!.stats().fetched, 0),
      ),
      originFetches: ratio((run) => run.with.originLoads / run.without.originLoads, misses, 'times'),
    },
  };
}

function sessions(seed: number, predicts: boolean): SessionResult {
  const rng = seededRng(seed);
  return runSessions({
    requests: sessionRequests(
      { requestsPerSecond: 1_000, users: 200_000, zipfExponent: 0.9, tokens: 'reused', noise: 0.05 },
      rng,
    ),
    policy: new AdaptivePolicy(),
    entries: 50_000,
    loadMs: 2,
    warmUpMs: 5 * SECOND,
    untilMs: 20 * SECOND,
    ...(predicts ? { prewarm: { salt: seed, rng: seededRng(seed + 100) } } : {}),
  });
}

/** Of all that was fetched on a guess since the start; counts after the warm-up would include uses of what came before. */
function usedShare({ prewarmer }: SessionResult): number {
  const { timely, late, fetched } = prewarmer!.stats();
  return (timely + late) / fetched;
}

/** The TTLs that the article's preset learns for a weekly flag and a price that changes every second. */
export async function measureFreshness(): Promise<Pick<Measurements, 'learnedTtl'>> {
  const flag = lives(WEEK, 'poisson', 0.05, 60 * WEEK);
  const price = lives(SECOND, 'poisson', 20, 600 * SECOND);
  const hits = price.reduce((sum, life) => sum + life.hits, 0);
  const stale = price.reduce((sum, life) => sum + life.staleHits, 0);
  const how = (what: string) =>
    `TTLs the library set under its article preset in the last quarter of a simulated life, ${what}, seeds ${SEEDS.join(', ')}`;
  const ttls = (of: readonly Life[]) => of.map(({ ttlMs }) => ttlMs * MS_TO_NS);
  return {
    learnedTtl: {
      weeklyFlag: medianOf(ttls(flag), how('flags changed weekly (Poisson)')),
      perSecondPrice: medianOf(ttls(price), how('prices changed every second (Poisson)')),
      stalePriceHits: {
        value: stale / hits,
        unit: 'ratio',
        n: hits,
        of: 'reads',
        interval: null,
        emulated: false,
        how: how('hits on prices, against the true schedule'),
      },
    },
  };
}

function lives(meanChangeMs: number, kind: MutationKind, readsPerSecond: number, untilMs: number): Life[] {
  return SEEDS.flatMap((seed) => {
    const found: Life[] = [];
    simulate(
      uniformWorld(seed, kind, meanChangeMs, readsPerSecond, 8),
      learned({ policy: { kind: 'article-preset' }, rng: seededRng(seed) }),
      {
        warmUpMs: 0,
        untilMs,
        sight: 'etag',
        rng: seededRng(seed + 7),
        onLife: (life) => {
          if (life.atMs > 0.75 * untilMs) found.push(life);
        },
      },
    );
    return found;
  });
}

/** The hot set of ten pods moves at once, with and without shared signals. */
export async function measureFleet(): Promise<Pick<Measurements, 'hotSetShift'>> {
  const pods = {
    pods: 10,
    cacheEntries: 5_000,
    keys: 50_000,
    shiftedKeys: 1_250,
    readsPerSecond: 2_000,
    watchMs: 60_000,
    cache: 'library',
  } as const;
  const recovery = (fleet: HotShiftOptions['fleet']): Measured =>
    overSeeds(
      SEEDS.slice(0, 2).map(
        (seed) => secondsToRecover(simulateHotShift({ ...pods, seed, fleet }), 0.95) * 1e9,
      ),
      pods.pods * pods.readsPerSecond * (pods.watchMs / 1_000),
      'ns',
      'reads',
      `time to 95 % of the steady hit ratio after the ${pods.shiftedKeys} hottest keys change, ${pods.pods} simulated pods running the library's fleet and cache, ${fleet === 'on' ? 'signals shared' : 'no signals'}`,
    );
  return { hotSetShift: { shared: recovery('on'), alone: recovery('off'), ratePerPod: pods.readsPerSecond } };
}
