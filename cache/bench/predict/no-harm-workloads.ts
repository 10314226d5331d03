import type { Count, Ratio } from '../../src/units.ts';
import { zipf } from './session-workload.ts';

/** Loads in which nothing can be predicted. Each value names a key of its own template by chance. */
export const NO_HARM: Readonly<Record<string, (reads: Count, rng: () => Ratio) => Iterable<string>>> = {
  *uniform(reads, rng) {
    for (let i = 0; i < reads; i++) yield `item:${Math.floor(rng() * 100_000)}`;
  },
  /** Reads half from a warm set, and walks once through everything. */
  *scan(reads, rng) {
    for (let i = 0; i < reads; i++)
      yield rng() < 0.5 ? `item:${Math.floor(rng() * 2000)}` : `item:${10_000 + i}`;
  },
  *zipf(reads, rng) {
    const draw = zipf(100_000, 0.9, rng);
    for (let i = 0; i < reads; i++) yield `item:${draw()}`;
  },
  *unique(reads) {
    for (let i = 0; i < reads; i++) yield `item:${i}`;
  },
};

/** A value with the fields real ones have, all of them numbers that are also ids of other keys. */
export function unrelatedValue(key: string): unknown {
  const id = Number(key.slice(key.indexOf(':') + 1));
  const draw = (salt: number, below: number) => (Math.imul(id + salt, 0x9e3779b1) >>> 7) % below;
  return {
    parentId: draw(1, 100_000),
    rank: id % 50,
    ownerId: draw(2, 10_000),
    tags: [draw(3, 11), draw(4, 13)],
  };
}
