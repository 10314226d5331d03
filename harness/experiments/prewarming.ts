import { NO_HARM, unrelatedValue } from '../../cache/bench/predict/no-harm-workloads.ts';
import { runReads } from '../../cache/bench/predict/run-reads.ts';
import type { SessionResult } from '../../cache/bench/predict/run-sessions.ts';
import { runSeed } from '../../cache/bench/predict/session-figures.ts';
import type { SessionWorkload } from '../../cache/bench/predict/session-workload.ts';
import { AdaptivePolicy } from '../../cache/src/store/eviction/adaptive.ts';
import type { Section } from '../../reports/experiment/schema.ts';
import { seededRng } from '../../reports/statistics/rng.ts';
import { type ExperimentContext, type Findings, seedsOf } from './experiment.ts';
import { once, overSeeds, plainPercent } from './figures.ts';
import { startPod } from './pods.ts';
import { curve, HIT_RATIO_AXES, hitRatio, podPlan, SERVICE_WORDS } from './service.ts';

/** Three reads each: 5,000 reads a second. */
const REQUESTS_PER_SECOND = 1_667;
const SERVE_MS = 30_000;
const NO_HARM_READS = 200_000;

/** What prediction fetches ahead: accuracy, coverage, timeliness, waste; and where it must keep still. */
export async function prewarming(context: ExperimentContext): Promise<Findings> {
  const here = await onThisMachine(context);
  context.say('simulator: sessions, with and without prediction');
  const sessions = inTheSimulator(context);
  context.say('simulator: loads that hold nothing to predict');
  return {
    title: 'What prediction fetches ahead, and what it wastes',
    answer: [here.answer, sessions.answer],
    sections: [here.section, sessions.section, noHarm(context)],
    limits: [
      'Coverage counts the misses of reads that a value just read names (user and profile); the first read of a chain cannot be predicted.',
      'A prefetch that is still loading when its key is read is late, and counts as a miss.',
      'The sessions are generated. Real values may name keys less plainly; the shadow score then keeps a rule from fetching.',
      'In the mesh: l1bench run ablation.',
    ],
  };
}

async function onThisMachine(context: ExperimentContext) {
  const arms = [];
  for (const prediction of ['off', 'on'] as const) {
    context.say(`on this machine: one pod, prediction ${prediction}`);
    const plan = podPlan(context, {
      name: 'pod-0',
      members: ['pod-0'],
      bus: null,
      prediction,
      start: 'empty',
      requestsPerSecond: REQUESTS_PER_SECOND,
      serveMs: SERVE_MS,
    });
    arms.push({ prediction, ...(await (await startPod(context.run, plan, context.signal)).served) });
  }
  const rows = arms.map(({ prediction, seconds, prefetches, profileReads, cpuMs }) => {
    const reads = seconds.reduce((sum, second) => sum + second.reads, 0);
    const total = (of: 'waitedMs' | 'fetches') => seconds.reduce((sum, second) => sum + second[of], 0);
    const used = prefetches === null ? 0 : prefetches.timely + prefetches.late;
    const share = (part: number, whole: number, of: 'reads' | 'prefetches') =>
      prefetches === null ? null : once(part / whole, 'ratio', whole, of);
    return {
      name: `prediction ${prediction}`,
      cells: [
        once(hitRatio(seconds), 'ratio', reads, 'reads'),
        { ...once((total('waitedMs') / reads) * 1e6, 'ns', reads, 'reads'), emulated: true },
        once(total('fetches') / reads, 'times', reads, 'reads'),
        share(used, used + (prefetches?.unused ?? 0), 'prefetches'),
        share(profileReads.prefetched, profileReads.prefetched + profileReads.missed, 'reads'),
        share(prefetches?.timely ?? 0, used, 'prefetches'),
        once(cpuMs / SERVE_MS, 'ratio', reads, 'reads'),
      ],
    };
  });
  const section: Section = {
    title: 'One pod of this machine, from an empty cache',
    where: 'this-machine',
    how: `${REQUESTS_PER_SECOND} requests/s for ${SERVE_MS / 1_000} s, learning included. ${SERVICE_WORDS} The CPU is that of the whole process; what prediction costs is the difference of the rows.`,
    tables: [
      {
        columns: [
          'hit ratio',
          'mean read',
          'origin fetches a read',
          'accuracy',
          'profile misses covered in time',
          'ready in time',
          'CPU of a core',
        ],
        rows,
      },
    ],
    curves: [
      {
        id: 'prewarming-here',
        title: 'Hit ratio from an empty cache',
        reading: 'Higher is better. Each point is one second of the pod’s own reads.',
        ...HIT_RATIO_AXES('time since the pod serves'),
        series: arms.map(({ prediction, seconds }) =>
          curve(
            `prediction ${prediction}`,
            seconds.map((second) => second.hits / second.reads),
          ),
        ),
      },
    ],
  };
  const [off, on] = rows as [(typeof rows)[number], (typeof rows)[number]];
  return {
    section,
    answer: `On this machine prediction raised the hit ratio from ${plainPercent(off.cells[0]!)} to ${plainPercent(on.cells[0]!)}; ${plainPercent(on.cells[3]!)} of the prefetches were used and ${plainPercent(on.cells[5]!)} of those were there before the read.`,
  };
}

function inTheSimulator(context: ExperimentContext) {
  const workloads: readonly (readonly [string, Partial<SessionWorkload>])[] = [
    ['tokens come back', {}],
    ['a new token each session', { tokens: 'fresh' }],
    ['values lie every other 5 s', { trueForMs: 5_000 }],
  ];
  const pairs = workloads.map(([name, workload]) => ({
    name,
    runs: seedsOf(context).map((seed) => {
      context.signal.throwIfAborted();
      return { off: runSeed(seed, workload, 'off'), on: runSeed(seed, workload, 'on') };
    }),
  }));
  type Pair = (typeof pairs)[number]['runs'][number];
  const rows = pairs.map(({ name, runs }) => {
    const cell = (of: (pair: Pair) => number, unit: 'ratio' | 'times' = 'ratio') =>
      overSeeds(runs.map(of), unit);
    return {
      name,
      cells: [
        cell(({ off }) => off.hitRatio),
        cell(({ on }) => on.hitRatio),
        cell(({ on }) => usedShare(on)),
        cell(({ on }) =>
          profile(on, ({ prefetched, late, miss }) => (prefetched + late) / (prefetched + late + miss)),
        ),
        cell(({ on }) => profile(on, ({ prefetched, late }) => prefetched / (prefetched + late))),
        cell(({ on }) => on.prewarmer!.stats().unused / on.misses),
        cell(({ on, off }) => on.originLoads / off.originLoads, 'times'),
      ],
    };
  });
  const section: Section = {
    title: '1,000 requests a second of 200,000 users',
    where: 'simulator',
    how: `The library’s predictor and eviction, 50,000 entries, loads of 2 ms, pauses of 12 ms at the median, 15 s counted after 10 s; ${context.seeds} seeds, range in the cell. Waste is prefetches never read, for each miss; its budget is 10 %.`,
    tables: [
      {
        columns: [
          'hits without',
          'hits with',
          'accuracy',
          'profile misses covered',
          'ready in time',
          'waste for each miss',
          'origin fetches',
        ],
        rows,
      },
    ],
    curves: [],
  };
  const [reused] = rows;
  return {
    section,
    answer: `In the simulator it covered ${plainPercent(reused!.cells[3]!)} of the misses of profiles, ${plainPercent(reused!.cells[4]!)} of them in time, with ${plainPercent(reused!.cells[2]!)} of its prefetches used.`,
  };
}

function usedShare({ prewarmer }: SessionResult): number {
  const { timely, late, unused } = prewarmer!.stats();
  return (timely + late) / (timely + late + unused);
}

function profile(
  { byKind }: SessionResult,
  of: (counts: { prefetched: number; late: number; miss: number }) => number,
): number {
  return of(byKind.get('profile')!);
}

function noHarm(context: ExperimentContext): Section {
  const rows = Object.entries(NO_HARM).map(([name, keysOf]) => {
    const pairs = seedsOf(context).map((seed) => {
      context.signal.throwIfAborted();
      const run = (prediction: 'on' | 'off') =>
        runReads({
          keys: keysOf(NO_HARM_READS, seededRng(seed)),
          msPerRead: 0.2,
          policy: new AdaptivePolicy(),
          entries: 5_000,
          loadMs: 2,
          valueOf: unrelatedValue,
          ...(prediction === 'on' && { prewarm: { salt: seed, rng: seededRng(seed + 1_000) } }),
        });
      return { off: run('off'), on: run('on') };
    });
    return {
      name,
      cells: [
        overSeeds(
          pairs.map(({ off }) => off.hitRatio),
          'ratio',
        ),
        overSeeds(
          pairs.map(({ on }) => on.hitRatio),
          'ratio',
        ),
        overSeeds(
          pairs.map(({ on }) => on.prefetches / on.reads),
          'ratio',
        ),
      ],
    };
  });
  return {
    title: 'Loads that hold nothing to predict',
    where: 'simulator',
    how: `${NO_HARM_READS.toLocaleString('en-GB')} reads at 5,000 reads/s, 5,000 entries, values full of numbers that name other keys by chance; ${context.seeds} seeds, range in the cell.`,
    tables: [{ columns: ['hits without', 'hits with', 'prefetches a read'], rows }],
    curves: [],
  };
}
