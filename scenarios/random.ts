import type { Rng } from './topology/topology.ts';

/** Scatters a 32-bit integer over all 32 bits (the finaliser of MurmurHash3, by Austin Appleby, public domain). */
export function mix32(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Joins a hash and one more integer into a new 32-bit hash; the order of the calls matters. */
export function hashWith(hash: number, value: number): number {
  // Ids may exceed 32 bits: both halves count.
  const high = Math.floor(value / 0x1_0000_0000);
  const low = mix32((hash ^ Math.imul(value | 0, 0x9e3779b1)) + 0x7f4a7c15);
  return high === 0 ? low : mix32(low ^ Math.imul(high, 0x85ebca77));
}

/** A share in [0, 1) from a 32-bit hash. */
export function unit(hash: number): number {
  return hash / 0x1_0000_0000;
}

/**
 * A seeded generator of numbers in [0, 1); the same seed and stream give the same numbers on every machine.
 * Not for secrets. Algorithm: sfc32 of PractRand (Chris Doty-Humphrey), with 32 random bits a number.
 */
export function createRng(seed: number, stream = 0): Rng {
  let a = hashWith(hashWith(0x243f6a88, seed), stream) | 0;
  let b = mix32(a ^ 0x13198a2e) | 0;
  let c = mix32(b ^ 0x03707344) | 0;
  let counter = 1;
  const next = (): number => {
    const t = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 12; i += 1) next();
  return next;
}

/** Puts an array in random order, in place (Fisher and Yates). */
export function shuffle<T>(items: T[], rng: Rng): T[] {
  for (let i = items.length - 1; i > 0; i -= 1) {
    const j = Math.floor(rng() * (i + 1));
    const held = items[i] as T;
    items[i] = items[j] as T;
    items[j] = held;
  }
  return items;
}

/** Draws one index of a list of weights, in proportion to them. O(n). */
export function pickWeighted(weights: readonly number[], rng: Rng): number {
  let left = rng() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < weights.length; i += 1) {
    left -= weights[i] as number;
    if (left < 0) return i;
  }
  return weights.length - 1;
}
