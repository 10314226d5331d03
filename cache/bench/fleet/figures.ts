import type { Count } from '../../src/units.ts';
import type { Figure, FigureGroup } from '../figure.ts';
import { figureOf } from '../predict/summary.ts';
import { type ColdStart, simulateColdPod } from './cold-pod.ts';
import {
  type CacheKind,
  type HotShiftOptions,
  type HotShiftOutcome,
  secondsToRecover,
  simulateHotShift,
} from './hot-shift.ts';
import { type StalenessOptions, type StalenessOutcome, simulateStaleness } from './staleness.ts';

const SEEDS = [1, 2, 3, 4, 5];
const MINUTE = 60_000;
/** Reads a second of each pod. */
const RATES = [2000, 400] as const;

interface Shift {
  readonly name: string;
  readonly seeds: readonly number[];
  readonly more: Partial<HotShiftOptions>;
}

const CACHE_WORDS = { lru: 'LRU', library: 'the library’s own cache' } as const satisfies Record<
  CacheKind,
  string
>;

/**
 * The fleet as it should be, around the library's own cache, and with what goes wrong. The last three on three seeds, for
 * a run takes half a minute.
 */
const SHIFTS: readonly Shift[] = [
  { name: 'on', seeds: SEEDS, more: {} },
  { name: 'library', seeds: SEEDS.slice(0, 3), more: { cache: 'library' } },
  { name: '30%-loss', seeds: SEEDS.slice(0, 3), more: { chaos: { lossRatio: 0.3 } } },
  { name: 'flooding-pod', seeds: SEEDS.slice(0, 3), more: { floodPerSecond: 5000 } },
];

const FRESHNESS = {
  changeEveryMs: 10 * MINUTE,
  readsPerSecond: 2,
  keys: 6,
  // TTLs are about a minute: without signals a pod needs some dozen of them to settle.
  warmUpMs: 60 * MINUTE,
  watchMs: 20 * MINUTE,
};

/** What the pods tell each other, and what goes wrong. */
const STALENESS: readonly {
  readonly name: string;
  readonly more: Partial<StalenessOptions> & Pick<StalenessOptions, 'sharing'>;
}[] = [
  { name: 'changes', more: { sharing: 'changes' } },
  { name: 'changes-and-validations', more: { sharing: 'changes-and-validations' } },
  { name: 'changes-30%-loss', more: { sharing: 'changes', chaos: { lossRatio: 0.3 } } },
  { name: 'changes-flooding-pod', more: { sharing: 'changes', falseChangesPerSecond: 2000 } },
  { name: 'no-sharing', more: { sharing: 'nothing' } },
];

/** Every figure of shared signals, by the library's fleet and freshness code around simulated pods. */
export const fleetFigures: readonly FigureGroup[] = [
  ...RATES.flatMap((rate) =>
    SHIFTS.map((variant) => ({
      prefix: `fleet.hot-shift.${rate}rps.${variant.name}.`,
      measure: () => shiftFigures(rate, variant),
    })),
  ),
  ...STALENESS.map(({ name, more }) => ({
    prefix: `fleet.staleness.${name}.`,
    measure: () => stalenessFigures(name, more),
  })),
  ...RATES.flatMap((rate) => [
    { prefix: `fleet.cold-pod.${rate}rps.t95.`, measure: () => coldPodFigures(rate, 4000, 'lru', 't95') },
    ...[4000, 2000].map((loads) => {
      const name = loads === 4000 ? 'library' : `library-${loads}-loads`;
      return {
        prefix: `fleet.cold-pod.${rate}rps.${name}.`,
        measure: () => coldPodFigures(rate, loads, 'library', `${name}.t95`),
      };
    }),
  ]),
];

function staleness(more: Partial<StalenessOptions> & Pick<StalenessOptions, 'sharing'>) {
  return SEEDS.map((seed) => simulateStaleness({ seed, ...FRESHNESS, ...more }));
}

function* stalenessFigures(
  name: string,
  more: Partial<StalenessOptions> & Pick<StalenessOptions, 'sharing'>,
): Generator<Figure> {
  const how = `simulated, 50 pods, ${FRESHNESS.keys} keys that change every 10 min on average, 2 reads/s each a pod, learned TTLs (target-share 5 %), delivery 5-50 ms, ${FRESHNESS.warmUpMs / MINUTE} min to settle, ${FRESHNESS.watchMs / MINUTE} min watched`;
  const runs = staleness(more);
  const figure = (id: string, unit: string, of: (i: number) => number, said = how) =>
    figureOf(
      `fleet.staleness.${name}.${id}`,
      SEEDS.map((_, i) => of(i)),
      unit,
      SEEDS.length,
      said,
    );
  yield figure('stale-share', '%', (i) => 100 * runs[i]!.staleRatio);
  if (more.sharing === 'nothing') return;
  const alone = staleness({ sharing: 'nothing' });
  const loadOf = (run: StalenessOutcome) => run.fetches / run.reads;
  yield figure(
    'fewer-stale-reads',
    '×',
    (i) => alone[i]!.staleRatio / runs[i]!.staleRatio,
    `${how}; against no sharing`,
  );
  yield figure(
    'origin-load',
    '×',
    (i) => loadOf(runs[i]!) / loadOf(alone[i]!),
    `${how}; fetches per read against no sharing`,
  );
}

async function* coldPodFigures(
  readsPerSecond: number,
  loadsPerSecond: number,
  cache: CacheKind,
  id: string,
): AsyncGenerator<Figure> {
  const watchSeconds = readsPerSecond < 1000 ? 30 : 15;
  for (const start of ['warm-while-serving', 'warm-before-ready'] satisfies ColdStart[]) {
    const outcomes = await Promise.all(
      SEEDS.map((seed) =>
        simulateColdPod({ seed, readsPerSecond, loadsPerSecond, start, watchSeconds, cache }),
      ),
    );
    const held = Math.max(...outcomes.map((outcome) => outcome.heldBackSeconds));
    const how = `simulated, ${readsPerSecond} reads/s, 20,000 entries (${CACHE_WORDS[cache]}), 200,000 keys Zipf 0.9, digest of one peer at ${loadsPerSecond} loads/s${held > 0 ? `, readiness held back ${held.toFixed(1)} s` : ''}; first second at 95 % of the peers' hit ratio, with the four after it`;
    const recovered = outcomes.map((outcome) => secondsToRecover(outcome, 0.95));
    yield figureOf(`fleet.cold-pod.${readsPerSecond}rps.${id}.${start}`, recovered, 's', SEEDS.length, how);
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

const runsWithoutFleet = new Map<string, HotShiftOutcome>();

/** The same for every variant, so a worker simulates it once. */
function withoutFleet(seed: number, readsPerSecond: number, cache: CacheKind): HotShiftOutcome {
  const name = `${seed} ${readsPerSecond} ${cache}`;
  const run = runsWithoutFleet.get(name) ?? shift(seed, readsPerSecond, { fleet: 'off', cache });
  runsWithoutFleet.set(name, run);
  return run;
}

function* shiftFigures(readsPerSecond: number, { name, seeds, more }: Shift): Generator<Figure> {
  const watchSeconds = watchSecondsAt(readsPerSecond);
  const { cache = 'lru' } = more;
  const off = seeds.map((seed) => withoutFleet(seed, readsPerSecond, cache));
  const on = seeds.map((seed) => shift(seed, readsPerSecond, { fleet: 'on', ...more }));
  const how = `simulated, 50 pods × ${readsPerSecond} reads/s, 20,000 entries (${CACHE_WORDS[cache]}), 200,000 keys Zipf 0.9, the top 5,000 replaced, ${watchSeconds} s watched, ${seeds.length} seeds`;
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
      seeds.length,
      said,
    );
  const more100 = (a: Count, b: Count) => 100 * (a / b - 1);
  yield figure('t95', 's', (run) => secondsToRecover(run, 0.95), how);
  yield figure('t95-without', 's', (_, alone) => secondsToRecover(alone, 0.95), how);
  if (cache === 'library') {
    // It hits more before, so 95 % of that is more to come back to.
    const lru = seeds.map((seed) => withoutFleet(seed, readsPerSecond, 'lru').steadyHitRatio);
    const back = on.map(({ hitRatios }, i) => secondsToRecover({ hitRatios, steadyHitRatio: lru[i]! }, 0.95));
    yield figureOf(
      `fleet.hot-shift.${readsPerSecond}rps.${name}.t95-of-lru`,
      back,
      's',
      seeds.length,
      `${how}; to 95 % of what LRU caches hit before`,
    );
  }
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
