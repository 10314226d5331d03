import type { Count } from '../../src/units.ts';
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

/** The fleet as it should be, and with what goes wrong. */
const SHIFTS: readonly { readonly name: string; readonly more: Partial<HotShiftOptions> }[] = [
  { name: 'on', more: {} },
  { name: '30%-loss', more: { chaos: { lossRatio: 0.3 } } },
  { name: 'flooding-pod', more: { floodPerSecond: 5000 } },
];

/** Every figure of shared signals, by the library's fleet and freshness code around simulated pods. */
export const fleetFigures: readonly FigureGroup[] = [
  ...RATES.flatMap((rate) =>
    SHIFTS.map(({ name, more }) => ({
      prefix: `fleet.hot-shift.${rate}rps.${name}.`,
      measure: () => shiftFigures(rate, name, more),
    })),
  ),
  { prefix: 'fleet.staleness.', measure: stalenessFigures },
  ...RATES.map((rate) => ({ prefix: `fleet.cold-pod.${rate}rps.`, measure: () => coldPodFigures(rate) })),
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

function watchSecondsAt(readsPerSecond: number): number {
  return readsPerSecond < 1000 ? 120 : 60;
}

function shift(
  seed: number,
  readsPerSecond: number,
  more: Pick<HotShiftOptions, 'fleet'> & Partial<HotShiftOptions>,
): HotShiftOutcome {
  return simulateHotShift({ seed, readsPerSecond, watchMs: watchSecondsAt(readsPerSecond) * 1000, ...more });
}

const runsWithoutFleet = new Map<number, readonly HotShiftOutcome[]>();

/** The same for every variant, so simulated once. */
function withoutFleet(readsPerSecond: number): readonly HotShiftOutcome[] {
  const known = runsWithoutFleet.get(readsPerSecond);
  if (known !== undefined) return known;
  const runs = SEEDS.map((seed) => shift(seed, readsPerSecond, { fleet: 'off' }));
  runsWithoutFleet.set(readsPerSecond, runs);
  return runs;
}

function* shiftFigures(
  readsPerSecond: number,
  name: string,
  more: Partial<HotShiftOptions>,
): Generator<Figure> {
  const watchSeconds = watchSecondsAt(readsPerSecond);
  const off = withoutFleet(readsPerSecond);
  const on = SEEDS.map((seed) => shift(seed, readsPerSecond, { fleet: 'on', ...more }));
  const how = `simulated, 50 pods × ${readsPerSecond} reads/s, 20,000 entries (LRU), 200,000 keys Zipf 0.9, the top 5,000 replaced, ${watchSeconds} s watched`;
  const bytesHow = `${how}; mean over the watch, 32 B of framing a message included`;
  const figure = (
    id: string,
    unit: string,
    of: (on: HotShiftOutcome, off: HotShiftOutcome) => number,
    said: string,
  ) =>
    figureOf(
      `fleet.hot-shift.${readsPerSecond}rps.${name}.${id}`,
      on.map((outcome, i) => of(outcome, off[i]!)),
      unit,
      SEEDS.length,
      said,
    );
  const more100 = (a: Count, b: Count) => 100 * (a / b - 1);
  yield figure('t95', 's', (run) => secondsToRecover(run, 0.95), how);
  yield figure('t95-without', 's', (_, alone) => secondsToRecover(alone, 0.95), how);
  yield figure(
    'origin-fetches',
    '% more',
    (run, alone) => more100(run.fetches, alone.fetches),
    `${how}; against no fleet`,
  );
  yield figure(
    'steady-fetches',
    '% more',
    (run, alone) => more100(run.steadyFetches, alone.steadyFetches),
    `${how}; the 10 s before the shift, against no fleet`,
  );
  yield figure('sent', 'KB/s a pod', (run) => run.sentBytesPerSecond / 1000, bytesHow);
  yield figure('received', 'KB/s a pod', (run) => run.receivedBytesPerSecond / 1000, bytesHow);
}
