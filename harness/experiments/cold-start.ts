import { join } from 'node:path';
import { type ColdStart, simulateColdPod } from '../../cache/bench/fleet/cold-pod.ts';
import { secondsToRecover } from '../../cache/bench/fleet/hot-shift.ts';
import type { Section } from '../../reports/experiment/schema.ts';
import { type ExperimentContext, type Findings, seedsOf } from './experiment.ts';
import { once, overSeeds, plainPercent, plainSeconds } from './figures.ts';
import type { PodPlan, Second } from './pod/plan.ts';
import { startPod } from './pods.ts';
import { curve, HIT_RATIO_AXES, hitRatio, podPlan, SERVICE_WORDS, T95_WORDS, t95 } from './service.ts';

const REQUESTS_PER_SECOND = 150;
const STEADY_MS = 8_000;
const WATCH_MS = 15_000;
const FIRST = 5;

interface Arm {
  readonly name: string;
  readonly changes: Partial<PodPlan>;
}

/** A pod restarts: its hit ratio and latency with an empty cache, and with what can be done about it. */
export async function coldStart(context: ExperimentContext): Promise<Findings> {
  const here = await onThisMachine(context);
  const simulated = await inTheSimulator(context);
  return {
    title: 'What a pod restart costs, and what warms it',
    answer: [here.answer, simulated.answer],
    sections: [here.section, simulated.section],
    limits: [
      'The origin is emulated by a wait; it never slows down under the warm-up. A real one may: divide its spare rate by the pods that may start at once.',
      'One pod restarts. All pods of a service starting together have nobody to ask but a snapshot.',
      'On this machine each arm ran once, one after the other; the pods, their load and Redis share its cores.',
      T95_WORDS,
    ],
  };
}

async function onThisMachine(context: ExperimentContext) {
  const { run, signal, say } = context;
  const members = ['pod-0', 'pod-1', 'pod-2', 'pod-3'];
  const snapshotFile = join(run.folder, 'pod-3.snapshot');
  const alone = { prediction: 'off', bus: null } as const;
  const arms: Arm[] = [
    { name: 'empty, nothing on', changes: { start: 'empty', ...alone } },
    { name: 'empty, prediction', changes: { start: 'empty', bus: null } },
    { name: 'snapshot, prediction', changes: { start: 'snapshot', bus: null, snapshotFile } },
    { name: 'fleet, warms while serving', changes: { start: 'warm-while-serving' } },
    { name: 'fleet, warm before ready', changes: { start: 'warm-before-ready' } },
  ];
  const plan = (name: string, serveMs: number, changes: Partial<PodPlan> = {}) =>
    podPlan(context, { name, members, requestsPerSecond: REQUESTS_PER_SECOND, serveMs, ...changes });
  const serve = async (changes: Partial<PodPlan>, serveMs: number) => {
    const pod = await startPod(run, plan('pod-3', serveMs, changes), signal);
    return { heldBackMs: pod.heldBackMs, ...(await pod.served) };
  };

  say('on this machine: three warm pods, and one before its restart');
  const peersMs = 2 * (STEADY_MS + 3_000) + arms.length * (WATCH_MS + 9_000);
  for (const name of members.slice(0, 3)) await startPod(run, plan(name, peersMs), signal);
  const steadyAlone = hitRatio((await serve(alone, STEADY_MS)).seconds);
  const steady = hitRatio((await serve({ snapshotFile }, STEADY_MS)).seconds.slice(2));
  const found: { arm: Arm; heldBackMs: number; seconds: readonly Second[]; of: number }[] = [];
  for (const arm of arms) {
    say(`on this machine: restart, ${arm.name}`);
    const { seconds, heldBackMs } = await serve(arm.changes, WATCH_MS);
    found.push({ arm, heldBackMs, seconds, of: arm.changes.prediction === 'off' ? steadyAlone : steady });
  }

  const rows = found.map(({ arm, heldBackMs, seconds, of }) => {
    const first = seconds.slice(0, FIRST);
    const reads = first.reduce((sum, second) => sum + second.reads, 0);
    const waited = first.reduce((sum, second) => sum + second.waitedMs, 0);
    const fetches = first.reduce((sum, second) => sum + second.fetches, 0);
    return {
      name: arm.name,
      cells: [
        once(t95(seconds, of) * 1e9, 'ns', seconds.length, 'samples'),
        once(hitRatio(seconds.slice(0, 1)), 'ratio', seconds[0]?.reads ?? 0, 'reads'),
        once(hitRatio(first), 'ratio', reads, 'reads'),
        { ...once((waited / reads) * 1e6, 'ns', reads, 'reads'), emulated: true },
        once(fetches / reads, 'times', reads, 'reads'),
        arm.changes.start === 'warm-before-ready' ? once(heldBackMs * 1e6, 'ns', 1, 'samples') : null,
      ],
    };
  });
  const section: Section = {
    title: 'One of four pods restarts',
    where: 'this-machine',
    how: `${REQUESTS_PER_SECOND} requests/s a pod. ${SERVICE_WORDS} Columns count from the pod’s first read; “held back” is how long it did not report ready. Before the restart the pod hit ${plainPercent(once(steady, 'ratio', 1, 'reads'))} of its reads with prediction and ${plainPercent(once(steadyAlone, 'ratio', 1, 'reads'))} without; an arm is held against the one with the same prediction.`,
    tables: [
      {
        columns: [
          'to 95 %',
          'hits, 1st s',
          `hits, ${FIRST} s`,
          `mean read, ${FIRST} s`,
          `fetches a read, ${FIRST} s`,
          'held back',
        ],
        rows,
      },
    ],
    curves: [
      {
        id: 'restart-here',
        title: 'Hit ratio after the restart',
        reading: 'Higher is better. Each point is one second of the restarted pod’s own reads.',
        ...HIT_RATIO_AXES('time since the pod serves'),
        series: found.map(({ arm, seconds }) =>
          curve(
            arm.name,
            seconds.map((second) => second.hits / second.reads),
          ),
        ),
      },
    ],
  };
  const at = (i: number, j: number) => rows[i]!.cells[j]!;
  const after = (i: number) => plainSeconds(at(i, 0), WATCH_MS / 1_000);
  return {
    section,
    answer: `On this machine a restarted pod hits ${plainPercent(at(0, 1))} of its reads in the first second with nothing on, ${plainPercent(at(2, 1))} from its own snapshot and ${plainPercent(at(4, 1))} when it asks a peer for the hot keys before it reports ready. It is back at 95 % after ${after(0)}, ${after(2)} and ${after(4)}.`,
  };
}

async function inTheSimulator(context: ExperimentContext) {
  const starts: Readonly<Record<ColdStart, string>> = {
    cold: 'cold',
    'warm-while-serving': 'warms while serving',
    'warm-before-ready': 'warm before ready',
  };
  const rows: Section['tables'][number]['rows'] = [];
  const curves: Section['curves'] = [];
  for (const [readsPerSecond, watchSeconds] of [
    [2_000, 40],
    [400, 60],
  ] as const) {
    context.say(`simulator: a cold pod at ${readsPerSecond} reads/s`);
    const series: Section['curves'][number]['series'] = [];
    for (const [start, name] of Object.entries(starts) as [ColdStart, string][]) {
      context.signal.throwIfAborted();
      const outcomes = [];
      for (const seed of seedsOf(context))
        outcomes.push(await simulateColdPod({ seed, readsPerSecond, start, watchSeconds, cache: 'library' }));
      rows.push({
        name: `${readsPerSecond} reads/s, ${name}`,
        cells: [
          overSeeds(
            outcomes.map((outcome) => secondsToRecover(outcome, 0.95) * 1e9),
            'ns',
          ),
          overSeeds(
            outcomes.map(({ hitRatios }) => hitRatios[0]!),
            'ratio',
          ),
          overSeeds(
            outcomes.map(({ steadyHitRatio }) => steadyHitRatio),
            'ratio',
          ),
          start === 'warm-before-ready'
            ? overSeeds(
                outcomes.map(({ heldBackSeconds }) => heldBackSeconds * 1e9),
                'ns',
              )
            : null,
        ],
      });
      series.push(curve(name, outcomes[0]!.hitRatios));
    }
    curves.push({
      id: `cold-pod-${readsPerSecond}`,
      title: `Hit ratio of a cold pod at ${readsPerSecond} reads/s (simulated, seed ${context.seed})`,
      reading: 'Higher is better. Each point is one second.',
      ...HIT_RATIO_AXES('time since the pod serves'),
      series,
    });
  }
  const section: Section = {
    title: 'A cold pod with 20,000 entries among 200,000 keys',
    where: 'simulator',
    how: `The library’s fleet and cache, without values, three warm peers, keys drawn by Zipf 0.9, at most 4,000 loads/s; ${context.seeds} seeds, range in the cell.`,
    tables: [
      {
        columns: ['to 95 % of its peers', 'hits, first second', 'hits of the peers', 'readiness held back'],
        rows,
      },
    ],
    curves,
  };
  const after = (i: number) => plainSeconds(rows[i]!.cells[0]!, 40);
  return {
    section,
    answer: `In the simulator, at 2,000 reads/s, a cold pod of 20,000 entries needs ${after(0)} alone, ${after(1)} warming from a peer while it serves, and ${after(2)} behind a readiness gate.`,
  };
}
