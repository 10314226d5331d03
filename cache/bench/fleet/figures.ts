import type { Count } from '../../src/units.ts';
import type { Figure } from '../figure.ts';
import { figureOf } from '../predict/summary.ts';
import { type ColdStart, simulateColdPod } from './cold-pod.ts';
import {
  type HotShiftOptions,
  type HotShiftOutcome,
  secondsToRecover,
  simulateHotShift,
} from './hot-shift.ts';
import { type StalenessOptions, simulateStaleness } from './staleness.ts';

export interface FleetFiguresOptions {
  /** Default 1 to 3 for staleness and cold pods. */
  readonly seeds?: readonly number[];
  /** Default 1: a hot-set shift of 50 pods at 2,000 reads/s is five million reads and minutes of work. */
  readonly shiftSeeds?: readonly number[];
}

const MINUTE = 60_000;

/** Every figure of shared signals, by the library's fleet and freshness code around simulated pods. */
export async function* fleetFigures(options: FleetFiguresOptions = {}): AsyncGenerator<Figure> {
  const { seeds = [1, 2, 3], shiftSeeds = [1] } = options;
  yield* stalenessFigures(seeds);
  for (const readsPerSecond of [2000, 400]) yield* coldPodFigures(readsPerSecond, seeds);
  yield* shiftFigures(2000, 60, shiftSeeds);
  yield* shiftFigures(400, 120, shiftSeeds);
}

function* stalenessFigures(seeds: readonly Count[]): Generator<Figure> {
  const setting = {
    changeEveryMs: 10 * MINUTE,
    readsPerSecond: 2,
    keys: 6,
    warmUpMs: 20 * MINUTE,
    watchMs: 20 * MINUTE,
  };
  const measured = (more: Partial<StalenessOptions> & Pick<StalenessOptions, 'sharing'>) =>
    seeds.map((seed) => simulateStaleness({ seed, ...setting, ...more }));
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
    'fleet.stale-share.no-sharing',
    nothing.map((r) => 100 * r.staleRatio),
    '%',
    seeds.length,
    how,
  );
  for (const [name, runs] of Object.entries(variants)) {
    const compare = (of: (i: number) => number) => seeds.map((_, i) => of(i));
    yield figureOf(
      `fleet.stale-share.${name}`,
      runs.map((r) => 100 * r.staleRatio),
      '%',
      seeds.length,
      how,
    );
    yield figureOf(
      `fleet.fewer-stale-reads.${name}`,
      compare((i) => nothing[i]!.staleRatio / runs[i]!.staleRatio),
      '×',
      seeds.length,
      `${how}; against no sharing`,
    );
    yield figureOf(
      `fleet.origin-load.${name}`,
      compare((i) => runs[i]!.fetches / runs[i]!.reads / (nothing[i]!.fetches / nothing[i]!.reads)),
      '×',
      seeds.length,
      `${how}; fetches per read against no sharing`,
    );
  }
}

async function* coldPodFigures(readsPerSecond: number, seeds: readonly Count[]): AsyncGenerator<Figure> {
  const watchSeconds = readsPerSecond < 1000 ? 30 : 15;
  for (const start of ['warm-while-serving', 'warm-before-ready'] satisfies ColdStart[]) {
    const outcomes = await Promise.all(
      seeds.map((seed) => simulateColdPod({ seed, readsPerSecond, start, watchSeconds })),
    );
    const held = Math.max(...outcomes.map((outcome) => outcome.heldBackSeconds));
    const how = `simulated, ${readsPerSecond} reads/s, 20,000 entries (LRU), 200,000 keys Zipf 0.9, digest of one peer at 2,000 loads/s${held > 0 ? `, readiness held back ${held.toFixed(1)} s` : ''}; first second at 95 % of the peers' hit ratio`;
    const recovered = outcomes.map((outcome) => secondsToRecover(outcome, 0.95));
    yield figureOf(`fleet.cold-pod.t95.${start}.${readsPerSecond}rps`, recovered, 's', seeds.length, how);
  }
}

function* shiftFigures(
  readsPerSecond: number,
  watchSeconds: number,
  seeds: readonly Count[],
): Generator<Figure> {
  const runs = (more: Partial<HotShiftOptions> & Pick<HotShiftOptions, 'fleet'>): HotShiftOutcome[] =>
    seeds.map((seed) => simulateHotShift({ seed, readsPerSecond, watchMs: watchSeconds * 1000, ...more }));
  const how = `simulated, 50 pods × ${readsPerSecond} reads/s, 20,000 entries (LRU), 200,000 keys Zipf 0.9, the top 5,000 replaced, ${watchSeconds} s watched`;
  const off = runs({ fleet: 'off' });
  const variants = {
    on: runs({ fleet: 'on' }),
    '30%-loss': runs({ fleet: 'on', chaos: { lossRatio: 0.3 } }),
    'flooding-pod': runs({ fleet: 'on', floodPerSecond: 5000 }),
  };
  const t95 = (outcomes: readonly HotShiftOutcome[]) =>
    outcomes.map((outcome) => secondsToRecover(outcome, 0.95));
  yield figureOf(`fleet.hot-shift.t95.off.${readsPerSecond}rps`, t95(off), 's', seeds.length, how);
  for (const [name, outcomes] of Object.entries(variants)) {
    const id = `${name}.${readsPerSecond}rps`;
    yield figureOf(`fleet.hot-shift.t95.${id}`, t95(outcomes), 's', seeds.length, how);
    yield figureOf(
      `fleet.hot-shift.origin-fetches.${id}`,
      outcomes.map((outcome, i) => 100 * (outcome.fetches / off[i]!.fetches - 1)),
      '% more',
      seeds.length,
      `${how}; against no fleet`,
    );
    yield figureOf(
      `fleet.hot-shift.steady-fetches.${id}`,
      outcomes.map((outcome, i) => 100 * (outcome.steadyFetches / off[i]!.steadyFetches - 1)),
      '% more',
      seeds.length,
      `${how}; the 10 s before the shift, against no fleet`,
    );
    yield figureOf(
      `fleet.hot-shift.sent.${id}`,
      outcomes.map((outcome) => outcome.sentBytesPerSecond / 1000),
      'KB/s a pod',
      seeds.length,
      `${how}; mean over the watch, 32 B of framing a message included`,
    );
    yield figureOf(
      `fleet.hot-shift.received.${id}`,
      outcomes.map((outcome) => outcome.receivedBytesPerSecond / 1000),
      'KB/s a pod',
      seeds.length,
      `${how}; mean over the watch, 32 B of framing a message included`,
    );
  }
}
