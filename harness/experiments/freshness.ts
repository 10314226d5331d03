import { optimumTtl } from '../../cache/bench/freshness/compare.ts';
import type { MutationKind } from '../../cache/bench/freshness/mutations.ts';
import { type Outcome, simulate, type TtlSource } from '../../cache/bench/freshness/simulate.ts';
import { fixed, learned } from '../../cache/bench/freshness/ttl-sources.ts';
import { worldOf } from '../../cache/bench/freshness/world.ts';
import type { Curves, Section } from '../../reports/experiment/schema.ts';
import { seededRng } from '../../reports/statistics/rng.ts';
import { type ExperimentContext, type Findings, seedsOf } from './experiment.ts';
import { overSeeds, plainPercent } from './figures.ts';
import { freshnessHere } from './freshness-here.ts';

const HOUR = 3_600_000;
const TIMES = { warmUpMs: HOUR / 2, untilMs: 2 * HOUR };
/** Seconds of life, the same for every key. */
const STATIC_S = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300];
/** Stale reads allowed, as a share of all. */
const BUDGETS = [0.01, 0.02, 0.05, 0.1];
/** What a stale read costs, in fetches. */
const PRICES = [30, 10, 3, 1, 0.3];

const KINDS: Readonly<Record<MutationKind, string>> = {
  poisson: 'changes at random',
  periodic: 'changes on a clock',
  bursty: 'changes in bursts of five',
  deploys: 'everything changes at a deploy every half hour',
};

/** Staleness against hit ratio: one TTL for all, learned TTLs, and the optimum that knows the true rates. */
export async function freshness(context: ExperimentContext): Promise<Findings> {
  context.say('on this machine: five static TTLs and learned ones beside each other for 60 s');
  const here = await freshnessHere(context);
  const simulated = Object.entries(KINDS).map(([kind, words]) => {
    context.signal.throwIfAborted();
    context.say(`simulator: ${words}`);
    return inTheSimulator(context, kind as MutationKind, words);
  });
  return {
    title: 'What freshness costs: stale reads against hit ratio',
    answer: [here.answer, simulated[0]!.answer],
    sections: [here.section, ...simulated.map(({ section }) => section)],
    limits: [
      'The optimum knows every true rate, as if changes were random; where they are not, better ones exist.',
      'Without a signal no TTL notices a change faster than its own length. Change notices between pods do: see hot-shift and docs/fleet-signals.md.',
      'On this machine changes are a hundred times faster than data usually changes, so that a minute suffices; the learner gets few looks at its slowest keys.',
      'Stale share is stale reads over all reads, against a truth the cache cannot see.',
    ],
  };
}

function inTheSimulator(context: ExperimentContext, kind: MutationKind, words: string) {
  const seeds = seedsOf(context);
  const run = (source: (seed: number) => TtlSource) =>
    seeds.map((seed) =>
      simulate(worldOf({ seed, kind }), source(seed), {
        ...TIMES,
        sight: 'etag',
        rng: seededRng(seed + 100),
      }),
    );
  const arms = {
    'one TTL': STATIC_S.map((s) => ({ name: `one TTL of ${s} s`, runs: run(() => fixed(() => s * 1_000)) })),
    learned: BUDGETS.map((budget) => ({
      name: `learned, ${100 * budget} % allowed`,
      runs: run((seed) =>
        learned({ policy: { kind: 'staleness-budget', budgetRatio: budget }, rng: seededRng(seed + 200) }),
      ),
    })),
    'optimum for the true rates': PRICES.map((price) => ({
      name: `optimum, a stale read costs ${price} fetches`,
      runs: run(() => fixed((key) => optimumTtl(key, price))),
    })),
  };
  const rows = Object.values(arms)
    .flat()
    .map(({ name, runs }) => ({ name, cells: cellsOf(runs) }));
  const curves: Curves = {
    id: `staleness-${kind}`,
    title: `Stale reads against hit ratio, ${words} (simulated)`,
    reading: 'Right and low is better: more hits, fewer of them stale. Each point is one setting.',
    x: { title: 'hit ratio', format: 'percent' },
    y: { title: 'stale reads', format: 'percent', min: 0 },
    series: Object.entries(arms).map(([label, points]) => ({
      label,
      draw: 'line' as const,
      points: points.map(({ runs }) => {
        const [hits, stale] = cellsOf(runs);
        return { x: hits!.value!, y: stale!.value! };
      }),
    })),
  };
  const section: Section = {
    title: `400 keys between one change a second and one a week: ${words}`,
    where: 'simulator',
    how: `The library’s learner sees changed or not at each fetch. 175 reads/s drawn by Zipf 0.9, half an hour to learn, an hour and a half counted; ${seeds.length} seeds, range in the cell.`,
    tables: [{ columns: ['hit ratio', 'stale reads', 'fetches a read'], rows }],
    curves: [curves],
  };
  const five = cellsOf(arms.learned[BUDGETS.indexOf(0.05)]!.runs);
  const nearest = arms['one TTL']
    .map(({ name, runs }) => ({ name, cells: cellsOf(runs) }))
    .sort(
      (a, b) =>
        Math.abs(a.cells[0]!.value! - five[0]!.value!) - Math.abs(b.cells[0]!.value! - five[0]!.value!),
    )[0]!;
  return {
    section,
    answer: `In the simulator learned TTLs with 5 % allowed hit ${plainPercent(five[0]!)} with ${plainPercent(five[1]!)} stale; the single TTL nearest in hits (${nearest.name.slice('one TTL of '.length)}) hits ${plainPercent(nearest.cells[0]!)} with ${plainPercent(nearest.cells[1]!)} stale.`,
  };
}

function cellsOf(runs: readonly Outcome[]) {
  return [
    overSeeds(
      runs.map((run) => run.hitRatio),
      'ratio',
    ),
    overSeeds(
      runs.map((run) => run.staleRatio),
      'ratio',
    ),
    overSeeds(
      runs.map((run) => run.fetches / run.reads),
      'times',
    ),
  ];
}
