import type { Millis } from '../../src/units.ts';
import { exponential } from './random.ts';

export type MutationKind = 'poisson' | 'periodic' | 'bursty' | 'deploys';

/** The truth about one key: when it changes. Asked with times that never go back. */
export interface Mutations {
  /** Changes up to and including `atMs`. */
  versionAt(atMs: Millis): number;
  /** The last change before what `versionAt` was asked last; 0 before the first. */
  readonly lastMs: Millis;
  /** The first change after what `versionAt` was asked last. */
  readonly nextMs: Millis;
}

const CHANGES_PER_BURST = 5;
/** Within a burst changes come this much faster than on average. */
const BURST_SPEED = 50;
const DEPLOY_EVERY_MS = 30 * 60_000;

/** Changes of a key with the given mean interval; of a `deploys` world every key changes at each deploy as well. */
export function mutationsOf(kind: MutationKind, meanMs: Millis, rng: () => number): Mutations {
  const gaps = gapsOf(kind, meanMs, rng);
  let version = 0;
  let lastMs = 0;
  let nextMs = kind === 'periodic' ? meanMs * rng() : gaps(0);
  return {
    versionAt(atMs) {
      while (nextMs <= atMs) {
        version++;
        lastMs = nextMs;
        nextMs = gaps(nextMs);
      }
      return version;
    },
    get lastMs() {
      return lastMs;
    },
    get nextMs() {
      return nextMs;
    },
  };
}

function gapsOf(kind: MutationKind, meanMs: Millis, rng: () => number): (afterMs: Millis) => Millis {
  switch (kind) {
    case 'poisson':
      return (after) => after + exponential(meanMs, rng);
    case 'periodic':
      return (after) => after + meanMs;
    case 'bursty': {
      const quietMs = meanMs * (CHANGES_PER_BURST - (CHANGES_PER_BURST - 1) / BURST_SPEED);
      return (after) =>
        after +
        (rng() < 1 / CHANGES_PER_BURST ? exponential(quietMs, rng) : exponential(meanMs / BURST_SPEED, rng));
    }
    case 'deploys': {
      let own = exponential(meanMs, rng);
      return (after) => {
        if (after >= own) own = after + exponential(meanMs, rng);
        return Math.min(own, (Math.floor(after / DEPLOY_EVERY_MS) + 1) * DEPLOY_EVERY_MS);
      };
    }
  }
}
