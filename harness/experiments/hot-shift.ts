import type { Millis } from 'l1-cache';
import { secondsToRecover, simulateHotShift } from '../../cache/bench/fleet/hot-shift.ts';
import type { Section } from '../../reports/experiment/schema.ts';
import { type ExperimentContext, type Findings, seedsOf } from './experiment.ts';
import { once, overSeeds, plainPercent, plainSeconds } from './figures.ts';
import { startPod } from './pods.ts';
import {
  curve,
  HIT_RATIO_AXES,
  hitRatio,
  podPlan,
  SERVICE_WORDS,
  T95_WORDS,
  t95,
  together,
} from './service.ts';

const PODS = 6;
/** Three reads each. */
const REQUESTS_PER_SECOND = 350;
const STEADY_S = 12;
const WATCH_S = 30;
const SHIFTED_USERS = 1_000;
/** In the simulator: reads per second of a pod, and how long it is watched after the shift. */
const SIMULATED: readonly (readonly [readsPerSecond: number, watchMs: Millis])[] = [
  [2_000, 30_000],
  [400, 60_000],
];

/** The most read keys change at once: how long until the hit ratio is back, alone and with shared signals. */
export async function hotShift(context: ExperimentContext): Promise<Findings> {
  const here = await onThisMachine(context);
  const simulated = inTheSimulator(context);
  return {
    title: 'How fast the caches follow when the hot keys change',
    answer: [here.answer, simulated.answer],
    sections: [here.section, simulated.section],
    limits: [
      'Both arms meet the same draws in the simulator, and the same seeds but not the same instants on this machine.',
      'A service of six pods has little to tell itself: half of them must miss a key before it is called hot, and the rest have often missed it by then. The simulated fifty pods show what a larger one gains.',
      'How fast signals help depends on the reads of a pod: a pod must miss before it can report.',
      'The simulator’s caches are the library’s own and hold no values; delivery takes 1 to 5 ms and nothing else slows the bus.',
      T95_WORDS,
    ],
  };
}

async function onThisMachine(context: ExperimentContext) {
  const members = Array.from({ length: PODS }, (_, i) => `pod-${i}`);
  const arms = [
    { name: 'no signals', bus: null },
    { name: 'signals shared', bus: context.bus },
  ];
  const rows: Section['tables'][number]['rows'] = [];
  const series: Section['curves'][number]['series'] = [];
  for (const { name, bus } of arms) {
    context.say(`on this machine: the hot set of ${PODS} pods moves, ${name}`);
    const pods = await Promise.all(
      members.map((pod) =>
        startPod(
          context.run,
          podPlan(context, {
            name: pod,
            members,
            bus,
            prediction: 'off',
            requestsPerSecond: REQUESTS_PER_SECOND,
            serveMs: (STEADY_S + WATCH_S) * 1_000,
            shift: { atMs: STEADY_S * 1_000, users: SHIFTED_USERS },
          }),
          context.signal,
        ),
      ),
    );
    const served = await Promise.all(pods.map((pod) => pod.served));
    const seconds = together(served.map((pod) => pod.seconds));
    const after = seconds.slice(STEADY_S);
    const steady = hitRatio(seconds.slice(STEADY_S - 5, STEADY_S));
    const reads = after.reduce((sum, second) => sum + second.reads, 0);
    const received = served.reduce((sum, pod) => sum + (pod.bus?.receivedBytes ?? 0), 0);
    rows.push({
      name,
      cells: [
        once(t95(after, steady) * 1e9, 'ns', after.length, 'samples'),
        once(steady, 'ratio', reads, 'reads'),
        once(hitRatio(after.slice(0, 5)), 'ratio', reads, 'reads'),
        once(after.reduce((sum, second) => sum + second.fetches, 0) / reads, 'times', reads, 'reads'),
        bus === null ? null : once(received / PODS / (STEADY_S + WATCH_S), 'bytes/s', PODS, 'pods'),
      ],
    });
    series.push(
      curve(
        name,
        seconds.map((second) => second.hits / second.reads),
      ),
    );
  }
  const section: Section = {
    title: `${PODS} pods of one service`,
    where: 'this-machine',
    how: `${REQUESTS_PER_SECOND} requests/s a pod; at ${STEADY_S} s the ${SHIFTED_USERS.toLocaleString('en-GB')} most read users are replaced by unknown ones. Prediction is off in both arms. ${SERVICE_WORDS}`,
    tables: [
      {
        columns: [
          'to 95 % of before',
          'hits before',
          'hits, first 5 s',
          'origin fetches a read',
          'received a pod',
        ],
        rows,
      },
    ],
    curves: [
      {
        id: 'shift-here',
        title: 'Hit ratio of all pods together',
        reading: `Higher is better. The hot keys change at ${STEADY_S} s; each point is one second.`,
        ...HIT_RATIO_AXES('time since the pods serve'),
        series,
      },
    ],
  };
  const [alone, shared] = rows.map((row) => row.cells[0]!);
  const [hitsAlone, hitsShared] = rows.map((row) => plainPercent(row.cells[2]!));
  return {
    section,
    answer: `On this machine ${PODS} pods were back at 95 % of their hit ratio after ${plainSeconds(alone!, WATCH_S)} alone and ${plainSeconds(shared!, WATCH_S)} with shared signals; in the first 5 s they hit ${hitsAlone} and ${hitsShared} of their reads.`,
  };
}

function inTheSimulator(context: ExperimentContext) {
  const rows: Section['tables'][number]['rows'] = [];
  const curves: Section['curves'] = [];
  const seeds = seedsOf({ ...context, seeds: Math.max(1, context.seeds - 1) });
  for (const [readsPerSecond, watchMs] of SIMULATED) {
    const series: Section['curves'][number]['series'] = [];
    const fetchesAlone: number[] = [];
    for (const fleet of ['off', 'on'] as const) {
      const name = fleet === 'on' ? 'signals shared' : 'no signals';
      context.signal.throwIfAborted();
      context.say(`simulator: 50 pods at ${readsPerSecond} reads/s each, ${name}`);
      const outcomes = seeds.map((seed) =>
        simulateHotShift({ seed, readsPerSecond, fleet, watchMs, cache: 'library' }),
      );
      if (fleet === 'off') fetchesAlone.push(...outcomes.map(({ fetches }) => fetches));
      rows.push({
        name: `${readsPerSecond} reads/s, ${name}`,
        cells: [
          overSeeds(
            outcomes.map((outcome) => secondsToRecover(outcome, 0.95) * 1e9),
            'ns',
          ),
          overSeeds(
            outcomes.map(({ steadyHitRatio }) => steadyHitRatio),
            'ratio',
          ),
          overSeeds(
            outcomes.map(({ fetches }, i) => fetches / fetchesAlone[i]!),
            'times',
          ),
          ...(['sentBytesPerSecond', 'receivedBytesPerSecond'] as const).map((of) =>
            fleet === 'off'
              ? null
              : overSeeds(
                  outcomes.map((outcome) => outcome[of]),
                  'bytes/s',
                ),
          ),
        ],
      });
      series.push(curve(name, outcomes[0]!.hitRatios));
    }
    curves.push({
      id: `shift-${readsPerSecond}`,
      title: `50 pods at ${readsPerSecond} reads/s each (simulated, seed ${context.seed})`,
      reading: 'Higher is better. The 5,000 most read keys are replaced at 0 s; each point is one second.',
      ...HIT_RATIO_AXES('time since the hot keys changed'),
      series,
    });
  }
  const section: Section = {
    title: '50 pods, 20,000 entries each, 200,000 keys',
    where: 'simulator',
    how: `The library’s fleet and cache, without values, keys drawn by Zipf 0.9, the 5,000 most read replaced; ${seeds.length} seed${seeds.length === 1 ? '' : 's'}, range in the cell. Fetches and bytes are of the whole watch (${SIMULATED.map(([reads, ms]) => `${ms / 1000} s at ${reads} reads/s`).join(', ')}), framing included: the longer it is, the less the fetches and signals of the shift weigh.`,
    tables: [
      {
        columns: [
          'to 95 % of before',
          'hits before',
          'origin fetches against no signals',
          'sent a pod',
          'received a pod',
        ],
        rows,
      },
    ],
    curves,
  };
  const at = (i: number) => plainSeconds(rows[i]!.cells[0]!, i < 2 ? 30 : 60);
  return {
    section,
    answer: `In the simulator 50 pods recover in ${at(1)} instead of ${at(0)} at 2,000 reads/s a pod, and in ${at(3)} instead of ${at(2)} at 400.`,
  };
}
