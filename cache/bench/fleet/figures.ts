import type { Figure, FigureGroup } from '../figure.ts';
import { figureOf } from '../predict/summary.ts';
import { type ColdStart, simulateColdPod } from './cold-pod.ts';
import {
  type HotShiftOptions,
  type HotShiftOutcome,
  secondsToRecover,
  simulateHotShift,
} from './hot-shift.ts';
import { type StalenessOptions, simulateStaleness } from './staleness.ts';

const SEEDS = [1, 2, 3, 4, 5];
const MINUTE = 60_000;
/** Reads a second of each pod. */
const RATES = [2000, 400] as const;

/** Every figure of shared signals, by the library's fleet and freshness code around simulated pods. */
export const fleetFigures: readonly FigureGroup[] = [
  { prefix: 'fleet.staleness.', measure: stalenessFigures },
  ...RATES.map((rate) => ({ prefix: `fleet.cold-pod.${rate}rps.`, measure: () => coldPodFigures(rate) })),
  ...RATES.map((rate) => ({
    prefix: `fleet.hot-shift.${rate}rps.`,
    measure: () => shiftFigures(rate, rate < 1000 ? 120 : 60),
  })),
];

function* stalenessFigures(): Generator<Figure> {
  const setting = {
    changeEveryMs: 10 * MINUTE,
    readsPerSecond: 2,
    keys: 6,
    warmUpMs: 20 * MINUTE,
    watchMs: 20 * MINUTE,
  };
  const measured = (more: Partial<StalenessOptions> & Pick<StalenessOptions, 'sharing'>) =>
    SEEDS.map((seed) => simulateStaleness({ seed, ...setting, ...more }));
  const how =
    'simulated, 50 pods, 6 keys that change every 10 min on average, 2 reads/s each a pod, learned TTLs (target-share 5 %), delivery 5-50 ms';
  const nothing = measured({ sharing: 'nothing' });
  const variants = {
    changes: measured({ sharing: 'changes' }),
    'changes-and-validations': measured({ sharing: 'changes-and-validations' }),
    'changes-30%-loss': measured({ sharing: 'changes', chaos: { lossRatio: 0.3 } }),
    'changes-flooding-pod': measured({ sharing: 'changes', falseChangesPerSecond: 2000 }),
  };
  yield figureOf(
    'fleet.staleness.stale-share.no-sharing',
    nothing.map((r) => 100 * r.staleRatio),
    '%',
    SEEDS.length,
    how,
  );
  for (const [name, runs] of Object.entries(variants)) {
    const compare = (of: (i: number) => number) => SEEDS.map((_, i) => of(i));
    yield figureOf(
      `fleet.staleness.stale-share.${name}`,
      runs.map((r) => 100 * r.staleRatio),
      '%',
      SEEDS.length,
      how,
    );
    yield figureOf(
      `fleet.staleness.fewer-stale-reads.${name}`,
      compare((i) => nothing[i]!.staleRatio / runs[i]!.staleRatio),
      '×',
      SEEDS.length,
      `${how}; against no sharing`,
    );
    yield figureOf(
      `fleet.staleness.origin-load.${name}`,
      compare((i) => runs[i]!.fetches / runs[i]!.reads / (nothing[i]!.fetches / nothing[i]!.reads)),
      '×',
      SEEDS.length,
      `${how}; fetches per read against no sharing`,
    );
  }
}

async function* coldPodFigures(readsPerSecond: number): AsyncGenerator<Figure> {
  const watchSeconds = readsPerSecond < 1000 ? 30 : 15;
  for (const start of ['warm-while-serving', 'warm-before-ready'] satisfies ColdStart[]) {
    const outcomes = await Promise.all(
      SEEDS.map((seed) => simulateColdPod({ seed, readsPerSecond, start, watchSeconds })),
    );
    const held = Math.max(...outcomes.map((outcome) => outcome.heldBackSeconds));
    const how = `simulated, ${readsPerSecond} reads/s, 20,000 entries (LRU), 200,000 keys Zipf 0.9, digest of one peer at 2,000 loads/s${held > 0 ? `, readiness held back ${held.toFixed(1)} s` : ''}; first second at 95 % of the peers' hit ratio`;
    const recovered = outcomes.map((outcome) => secondsToRecover(outcome, 0.95));
    yield figureOf(`fleet.cold-pod.${readsPerSecond}rps.t95.${start}`, recovered, 's', SEEDS.length, how);
  }
}

function* shiftFigures(readsPerSecond: number, watchSeconds: number): Generator<Figure> {
  const runs = (more: Partial<HotShiftOptions> & Pick<HotShiftOptions, 'fleet'>): HotShiftOutcome[] =>
    SEEDS.map((seed) => simulateHotShift({ seed, readsPerSecond, watchMs: watchSeconds * 1000, ...more }));
  const how = `simulated, 50 pods × ${readsPerSecond} reads/s, 20,000 entries (LRU), 200,000 keys Zipf 0.9, the top 5,000 replaced, ${watchSeconds} s watched`;
  const off = runs({ fleet: 'off' });
  const variants = {
    on: runs({ fleet: 'on' }),
    '30%-loss': runs({ fleet: 'on', chaos: { lossRatio: 0.3 } }),
    'flooding-pod': runs({ fleet: 'on', floodPerSecond: 5000 }),
  };
  const t95 = (outcomes: readonly HotShiftOutcome[]) =>
    outcomes.map((outcome) => secondsToRecover(outcome, 0.95));
  yield figureOf(`fleet.hot-shift.${readsPerSecond}rps.t95.off`, t95(off), 's', SEEDS.length, how);
  for (const [name, outcomes] of Object.entries(variants)) {
    const id = (figure: string) => `fleet.hot-shift.${readsPerSecond}rps.${figure}.${name}`;
    yield figureOf(id('t95'), t95(outcomes), 's', SEEDS.length, how);
    yield figureOf(
      id('origin-fetches'),
      outcomes.map((outcome, i) => 100 * (outcome.fetches / off[i]!.fetches - 1)),
      '% more',
      SEEDS.length,
      `${how}; against no fleet`,
    );
    yield figureOf(
      id('steady-fetches'),
      outcomes.map((outcome, i) => 100 * (outcome.steadyFetches / off[i]!.steadyFetches - 1)),
      '% more',
      SEEDS.length,
      `${how}; the 10 s before the shift, against no fleet`,
    );
    yield figureOf(
      id('sent'),
      outcomes.map((outcome) => outcome.sentBytesPerSecond / 1000),
      'KB/s a pod',
      SEEDS.length,
      `${how}; mean over the watch, 32 B of framing a message included`,
    );
    yield figureOf(
      id('received'),
      outcomes.map((outcome) => outcome.receivedBytesPerSecond / 1000),
      'KB/s a pod',
      SEEDS.length,
      `${how}; mean over the watch, 32 B of framing a message included`,
    );
  }
}
