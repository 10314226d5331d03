import type { Rng } from '../../scenarios/topology/topology.ts';

/**
 * A seeded source of numbers in [0, 1), so that every interval in a report can be computed again.
 * Mulberry32 (T. Ettinger, public domain): 32 bits of state, ample for resampling, not for secrets.
 */
export function seededRng(seed: number): Rng {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
