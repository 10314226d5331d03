import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Lru } from '../../sim/policies/lru.ts';
import { readTrace } from '../../sim/read-trace.ts';
import type { Trace } from '../../sim/trace.ts';
import { seededRandom } from '../../src/random.ts';
import { AdaptivePolicy } from '../../src/store/eviction/adaptive.ts';
import type { Count } from '../../src/units.ts';
import type { Figure, FigureGroup } from '../figure.ts';
import { runReads } from './run-reads.ts';
import { figureOf } from './summary.ts';

const FOLDER = new URL('../../../../shared/traces/', import.meta.url);
const LOAD_DELAY: Count = 16;
const SEEDS = [1, 2, 3, 4, 5];
const CELLS = [
  { name: 'orm-busy', entries: 1250 },
  { name: 'web07', entries: 2000 },
] as const;

/** Real traces with a load delay: what key pairs bring, and that they leave a trace without any alone. */
export const traceFigures: readonly FigureGroup[] = CELLS.map(({ name, entries }) => ({
  prefix: `${name}@${entries}.`,
  async *measure() {
    const path = new URL(`${name}.trace.zst`, FOLDER);
    if (existsSync(path)) yield* figuresOf(await readTrace(fileURLToPath(path)), entries);
    else console.error(`${name}.trace.zst is not in ../shared/traces; its figures are left out.`);
  },
}));

function* figuresOf(trace: Trace, entries: Count): Generator<Figure> {
  const lru = new Lru(entries, trace.distinctKeys);
  let lruLoads = 0;
  for (const key of trace.keys) if (!lru.access(key)) lruLoads++;
  const run = (seed: number, prediction: 'on' | 'off') =>
    runReads({
      keys: namesOf(trace),
      msPerRead: 1,
      policy: new AdaptivePolicy(),
      entries,
      loadMs: LOAD_DELAY,
      ...(prediction === 'on' && { prewarm: { salt: seed, rng: seededRandom(seed) } }),
    });
  const off = run(0, 'off');
  const on = SEEDS.map((seed) => run(seed, 'on'));
  const n = trace.keys.length;
  const name = `${trace.name}@${entries}`;
  const how = `${SEEDS.length} seeds, whole trace, prefetches arrive ${LOAD_DELAY} reads later and count as misses before that, adaptive eviction; loads = demand loads and prefetches`;
  const figure = (id: string, unit: string, values: readonly number[]) =>
    figureOf(`${name}.${id}`, values, unit, n, how);
  yield figure(
    'hit-ratio-with',
    '%',
    on.map((result) => 100 * result.hitRatio),
  );
  yield figure('hit-ratio-without', '%', [100 * off.hitRatio]);
  yield figure('hit-ratio-lru', '%', [100 * (1 - lruLoads / n)]);
  yield figure(
    'loads-over-lru',
    '%',
    on.map((result) => 100 * (result.loads / lruLoads - 1)),
  );
  yield figure(
    'prefetches-per-read',
    'share',
    on.map((result) => result.prefetches / n),
  );
  yield figure('accuracy', 'share', on.map(accuracyOf));
}

function accuracyOf({ prewarmer }: ReturnType<typeof runReads>): number {
  const { timely, late, fetched } = prewarmer!.stats();
  return fetched === 0 ? 1 : (timely + late) / fetched;
}

function* namesOf(trace: Trace): Generator<string> {
  const names: string[] = [];
  for (const id of trace.keys) {
    names[id] ??= `row:${id}`;
    yield names[id];
  }
}
