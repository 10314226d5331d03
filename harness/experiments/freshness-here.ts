import { setTimeout as sleep } from 'node:timers/promises';
import { L1Cache, type Millis } from 'l1-cache';
import { attachFreshness, LearnedFreshness } from 'l1-cache/freshness';
import { type Mutations, mutationsOf } from '../../cache/bench/freshness/mutations.ts';
import { exponential } from '../../cache/bench/freshness/random.ts';
import type { Section } from '../../reports/experiment/schema.ts';
import { createRng } from '../../scenarios/random.ts';
import type { ExperimentContext } from './experiment.ts';
import { once, plainPercent } from './figures.ts';

const KEYS = 60;
const READS_PER_SECOND = 300;
const LEARN_MS: Millis = 30_000;
const COUNT_MS: Millis = 30_000;
const FASTEST_MS: Millis = 300;
const SLOWEST_MS: Millis = 30_000;
const LOOK_EVERY_MS: Millis = 4;
const STATIC_MS: readonly Millis[] = [100, 300, 1_000, 3_000, 10_000];

interface Arm {
  readonly name: string;
  readonly cache: L1Cache<Stamp>;
  reads: number;
  hits: number;
  stale: number;
}

type Stamp = { readonly etag: string };

/** Real caches side by side in this process: each read goes to all of them, and is held against the truth. */
export async function freshnessHere({ seed, signal }: Pick<ExperimentContext, 'seed' | 'signal'>) {
  const rng = createRng(seed);
  const truth = Array.from({ length: KEYS }, (_, i) => {
    const meanMs = FASTEST_MS * (SLOWEST_MS / FASTEST_MS) ** rng();
    return mutationsOf('poisson', meanMs, createRng(seed, i));
  });
  await using parts = new AsyncDisposableStack();
  const arms = [
    ...STATIC_MS.map((ttlMs) => armOf(`one TTL of ${ttlMs} ms`, { ttlMs })),
    learnedArm(parts, rng),
  ];
  for (const { cache } of arms) parts.use(cache);

  const startedMs = performance.now();
  let dueMs = 0;
  for (let nowMs = 0; nowMs < LEARN_MS + COUNT_MS; nowMs = performance.now() - startedMs) {
    signal.throwIfAborted();
    while (dueMs <= nowMs) {
      dueMs += exponential(1_000 / READS_PER_SECOND, rng);
      // Low numbers are read most; how often a key changes has nothing to do with it.
      const id = Math.floor(KEYS * rng() ** 2);
      for (const arm of arms) read(arm, id, truth[id]!, nowMs, dueMs >= LEARN_MS);
    }
    await sleep(LOOK_EVERY_MS);
  }
  return { section: sectionOf(arms), answer: answerOf(arms) };
}

function armOf(name: string, options: Partial<ConstructorParameters<typeof L1Cache<Stamp>>[0]>): Arm {
  return {
    name,
    cache: new L1Cache<Stamp>({ budgetBytes: 2 ** 20, ...options }),
    reads: 0,
    hits: 0,
    stale: 0,
  };
}

function learnedArm(parts: AsyncDisposableStack, rng: () => number): Arm {
  const learner = new LearnedFreshness({ rng });
  const attachment = attachFreshness<Stamp>(learner, { validatorOf: ({ etag }) => ({ etag }) });
  const arm = armOf('learned, 5 % allowed', { ttl: attachment.ttl });
  parts.use(attachment.listen(arm.cache));
  return arm;
}

function read(arm: Arm, id: number, truth: Mutations, nowMs: Millis, counts: boolean): void {
  const key = `price:${id}`;
  const etag = String(truth.versionAt(nowMs));
  const held = arm.cache.get(key);
  if (held === undefined) arm.cache.set(key, { etag });
  if (!counts) return;
  arm.reads++;
  if (held === undefined) return;
  arm.hits++;
  if (held.etag !== etag) arm.stale++;
}

function sectionOf(arms: readonly Arm[]): Section {
  const points = (chosen: readonly Arm[]) =>
    chosen.map(({ reads, hits, stale }) => ({ x: hits / reads, y: stale / reads }));
  return {
    title: 'Caches side by side in one process',
    where: 'this-machine',
    how: `${KEYS} keys that change every ${FASTEST_MS / 1_000} to ${SLOWEST_MS / 1_000} s on average (at random), ${READS_PER_SECOND} reads/s, each made to every cache; ${LEARN_MS / 1_000} s to learn, ${COUNT_MS / 1_000} s counted. Loads take no time.`,
    tables: [
      {
        columns: ['hit ratio', 'stale reads'],
        rows: arms.map(({ name, reads, hits, stale }) => ({
          name,
          cells: [once(hits / reads, 'ratio', reads, 'reads'), once(stale / reads, 'ratio', reads, 'reads')],
        })),
      },
    ],
    curves: [
      {
        id: 'staleness-here',
        title: 'Stale reads against hit ratio, measured here',
        reading: 'Right and low is better: more hits, fewer of them stale.',
        x: { title: 'hit ratio', format: 'percent' },
        y: { title: 'stale reads', format: 'percent', min: 0 },
        series: [
          { label: 'one TTL for all keys', draw: 'line', points: points(arms.slice(0, -1)) },
          { label: 'learned, 5 % allowed', draw: 'points', points: points(arms.slice(-1)) },
        ],
      },
    ],
  };
}

function answerOf(arms: readonly Arm[]): string {
  const { reads, hits, stale } = arms.at(-1)!;
  const share = (part: number) => plainPercent(once(part / reads, 'ratio', reads, 'reads'));
  return `On this machine learned TTLs hit ${share(hits)} of the reads with ${share(stale)} stale, after ${LEARN_MS / 1_000} s of learning.`;
}
