import { seededRandom } from '../../src/random.ts';
import { AdaptivePolicy } from '../../src/store/eviction/adaptive.ts';
import type { Figure, FigureGroup } from '../figure.ts';
import { NO_HARM, unrelatedValue } from './no-harm-workloads.ts';
import { runReads } from './run-reads.ts';
import { figureOf } from './summary.ts';

const READS = 1_000_000;
const UNIQUE_KEYS = 10_000_000;
const SEEDS = [1, 2, 3, 4, 5];

/** Loads without anything to predict: what prediction costs there. */
export const noHarmFigures: readonly FigureGroup[] = Object.keys(NO_HARM).map((name) => ({
  prefix: `no-harm.${name}.`,
  measure: () => figuresOf(name),
}));

function* figuresOf(name: string): Generator<Figure> {
  const keysOf = NO_HARM[name]!;
  const reads = name === 'unique' ? UNIQUE_KEYS : READS;
  // Ten million keys take a minute a run, and a load without repetition has no luck in it.
  const seeds = name === 'unique' ? [1] : SEEDS;
  const pairs = seeds.map((seed) => {
    const run = (prediction: 'on' | 'off') =>
      runReads({
        keys: keysOf(reads, seededRandom(seed)),
        msPerRead: 0.2,
        policy: new AdaptivePolicy(),
        entries: 5000,
        loadMs: 2,
        valueOf: unrelatedValue,
        ...(prediction === 'on' && { prewarm: { salt: seed, rng: seededRandom(seed + 1000) } }),
      });
    return { off: run('off'), on: run('on') };
  });
  const how = `${seeds.length} seeds, ${reads} reads at 5,000/s, 5,000 entries, values full of numbers that name other keys by chance`;
  const figure = (id: string, unit: string, of: (pair: (typeof pairs)[number]) => number) =>
    figureOf(`no-harm.${name}.${id}`, pairs.map(of), unit, reads * seeds.length, how);
  yield figure('hit-ratio-change', 'points', ({ on, off }) => 100 * (on.hitRatio - off.hitRatio));
  yield figure('prefetches-per-read', 'share', ({ on }) => on.prefetches / on.reads);
  yield figure('model-memory', 'bytes', ({ on }) => on.prewarmer!.stats().bytes);
}
