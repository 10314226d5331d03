import type { FreshnessPolicy } from '../../src/freshness/policy.ts';
import { seededRandom } from '../../src/random.ts';
import type { Millis } from '../../src/units.ts';
import type { Figure, FigureGroup } from '../figure.ts';
import { figureOf } from '../predict/summary.ts';
import { observerAtStaleRatio, oracleAtStaleRatio } from './burst-optimum.ts';
import {
  handTunedAtStaleRatio,
  optimumAtStaleRatio,
  staticAtHitRatio,
  staticAtStaleRatio,
} from './compare.ts';
import type { MutationKind } from './mutations.ts';
import { recoverySeconds } from './recovery.ts';
import { simulate } from './simulate.ts';
import { fixed, learned } from './ttl-sources.ts';
import { uniformWorld, worldOf } from './world.ts';

const SEEDS = [1, 2, 3, 4, 5];
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const KINDS: readonly MutationKind[] = ['poisson', 'periodic', 'bursty', 'deploys'];
const INTERVALS: readonly (readonly [name: string, ms: Millis])[] = [
  ['1 s', SECOND],
  ['10 s', 10 * SECOND],
  ['1 min', MINUTE],
  ['10 min', 10 * MINUTE],
  ['1 h', HOUR],
  ['1 day', DAY],
  ['1 week', WEEK],
];

/** Simulated time of the world of all intervals, half an hour of warm-up included. */
const WORLD_UNTIL_MS = 3 * HOUR;

/** Every figure of learned freshness, against the simulated truth. */
export const freshnessFigures: readonly FigureGroup[] = [
  ...KINDS.map((kind) => ({ prefix: `freshness.${kind}.`, measure: () => budgetFigures(kind) })),
  { prefix: 'freshness.burst-optimum.', measure: burstOptimumFigures },
  { prefix: 'freshness.target-share.', measure: shareFigures },
  { prefix: 'freshness.preset.', measure: presetFigures },
  { prefix: 'freshness.recovery.', measure: recoveryFigures },
];

/** The budget kept, and what the learner is worth beside static TTLs, hand-tuned ones and the optimum. */
function* budgetFigures(kind: MutationKind): Generator<Figure> {
  const times = { warmUpMs: HOUR / 2, untilMs: WORLD_UNTIL_MS };
  const runs = SEEDS.map((seed) => {
    const run = (source: Parameters<typeof simulate>[1]) =>
      simulate(worldOf({ seed, kind }), source, { ...times, sight: 'etag', rng: seededRandom(seed + 100) });
    const runFixed = (ttlMs: Parameters<typeof fixed>[0]) => run(fixed(ttlMs));
    const ours = run(learned({ rng: seededRandom(seed + 200) }));
    return {
      ours,
      sameHits: staticAtHitRatio(runFixed, ours.hitRatio),
      sameStale: staticAtStaleRatio(runFixed, ours.staleRatio),
      hand: handTunedAtStaleRatio(runFixed, worldOf({ seed, kind }), ours.staleRatio),
      optimum: optimumAtStaleRatio(runFixed, ours.staleRatio),
    };
  });
  const how = `400 keys, 1 s to 1 week, ${kind} changes, changed-or-not only, 175 reads/s, ${WORLD_UNTIL_MS / HOUR} h simulated`;
  const figure = (name: string, unit: string, of: (run: (typeof runs)[number]) => number, more: string) =>
    figureOf(`freshness.${kind}.${name}`, runs.map(of), unit, runs.length, `${how}; ${more}`);
  yield figure('stale-share', '%', (r) => 100 * r.ours.staleRatio, 'stale reads / reads at a 5 % budget');
  yield figure('hit-ratio', '%', (r) => 100 * r.ours.hitRatio, 'at a 5 % budget');
  yield figure(
    'fewer-stale-than-static',
    '×',
    (r) => r.sameHits.staleRatio / r.ours.staleRatio,
    'against the single static TTL of equal hit ratio',
  );
  yield figure(
    'fewer-fetches-than-static',
    '×',
    (r) => r.sameStale.fetches / r.ours.fetches,
    'against the single static TTL of equal stale share',
  );
  yield figure(
    'fewer-fetches-than-hand-tuned',
    '×',
    (r) => r.hand.fetches / r.ours.fetches,
    'against one TTL a domain by the square-root law on its true means, at equal stale share',
  );
  yield figure(
    'hit-ratio-of-optimum',
    '%',
    (r) => (100 * r.ours.hitRatio) / r.optimum.hitRatio,
    'of the hit ratio of the cheapest TTLs for the true rates (as if Poisson), at equal stale share',
  );
}

/**
 * How few stale reads there can be at all in bursts, against the single static TTL of equal hit ratio: by someone who
 * knows the true rates and sees what the cache sees, and by someone who is told when a burst is under way.
 */
function* burstOptimumFigures(): Generator<Figure> {
  const times = { warmUpMs: HOUR / 2, untilMs: WORLD_UNTIL_MS };
  const runs = SEEDS.map((seed) => {
    const run = (source: Parameters<typeof simulate>[1]) =>
      simulate(worldOf({ seed, kind: 'bursty' }), source, {
        ...times,
        sight: 'etag',
        rng: seededRandom(seed + 100),
      });
    const factorOf = (outcome: ReturnType<typeof run>) =>
      staticAtHitRatio((ttlMs) => run(fixed(ttlMs)), outcome.hitRatio).staleRatio / outcome.staleRatio;
    const { staleRatio } = run(learned({ rng: seededRandom(seed + 200) }));
    return {
      observer: factorOf(observerAtStaleRatio(run, staleRatio)),
      oracle: factorOf(oracleAtStaleRatio(run, staleRatio)),
    };
  });
  const how = `400 keys, 1 s to 1 week, bursty changes, 175 reads/s, ${WORLD_UNTIL_MS / HOUR} h simulated; against the single static TTL of equal hit ratio, at the stale share of the learner; cheapest TTLs for someone who`;
  const figure = (name: string, of: (run: (typeof runs)[number]) => number, who: string) =>
    figureOf(`freshness.burst-optimum.${name}`, runs.map(of), '×', runs.length, `${how} ${who}`);
  yield figure(
    'fewer-stale-than-static.seen',
    (run) => run.observer,
    'knows all true rates and sees changed or not, as the learner does',
  );
  yield figure(
    'fewer-stale-than-static.told',
    (run) => run.oracle,
    'knows all true rates and is told at each fetch whether a burst is under way',
  );
}

/** 5 % asked of every key, at each interval alone. */
function* shareFigures(): Generator<Figure> {
  const policy: FreshnessPolicy = { kind: 'target-share', shareRatio: 0.05 };
  for (const [name, meanMs] of INTERVALS)
    for (const kind of ['poisson', 'periodic', 'bursty'] as const) {
      const shares = SEEDS.map((seed) => {
        const source = learned({ policy, maxAgeMs: WEEK, rng: seededRandom(seed) });
        const times = { warmUpMs: 20 * meanMs + MINUTE, untilMs: 60 * meanMs + 2 * MINUTE };
        const world = uniformWorld(seed, kind, meanMs, 5, 20);
        const outcome = simulate(world, source, { ...times, sight: 'etag', rng: seededRandom(seed + 100) });
        return (100 * outcome.staleReads) / (outcome.reads - outcome.fetches);
      });
      const how = '20 keys, 5 reads/s each, policy target-share 5 %, stale hits / hits, changed-or-not only';
      yield figureOf(`freshness.target-share.${kind}.${name}`, shares, '%', SEEDS.length, how);
    }
}

function* presetFigures(): Generator<Figure> {
  yield presetFigure('weekly flag', WEEK, 60 * DAY);
  yield presetFigure('price of 1 s', SECOND, 20 * MINUTE);
}

function presetFigure(name: string, meanMs: Millis, untilMs: Millis): Figure {
  const medians = SEEDS.map((seed) => {
    const ttls: Millis[] = [];
    const source = learned({ policy: { kind: 'article-preset' }, rng: seededRandom(seed) });
    simulate(uniformWorld(seed, 'poisson', meanMs, 5, 20), source, {
      warmUpMs: 0,
      untilMs,
      sight: 'etag',
      rng: seededRandom(seed + 100),
      onLife: ({ atMs, ttlMs }) => void (atMs > untilMs / 5 && ttls.push(ttlMs)),
    });
    return ttls.sort((a, b) => a - b)[ttls.length >> 1]!;
  });
  const how = 'median TTL of the preset, 20 keys, 5 reads/s each, Poisson, changed-or-not only';
  return figureOf(`freshness.preset.${name}`, medians, 'ms', SEEDS.length, how);
}

/** From the moment a key changes its habits until its TTL is within a factor of two of where it settles. */
function* recoveryFigures(): Generator<Figure> {
  const cases = [
    ['1 week to 10 s', WEEK, 10 * SECOND],
    ['1 h to 1 min', HOUR, MINUTE],
    ['10 s to 1 week', 10 * SECOND, WEEK],
    ['1 min to 1 h', MINUTE, HOUR],
  ] as const;
  for (const [name, fromMs, toMs] of cases) {
    const found = SEEDS.map((seed) => recoverySeconds(seed, fromMs, toMs));
    const how =
      'one pod, target-share 5 %, 20 keys, 5 reads/s, median key; cannot be shorter than the TTL the key had';
    yield figureOf(`freshness.recovery.${name}`, found, 's', SEEDS.length, how);
  }
}
