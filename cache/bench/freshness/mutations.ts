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
  /** Whether that change is one of a burst under way; `steady` where there are no bursts. */
  readonly phase: 'steady' | 'burst' | 'quiet';
}

export const CHANGES_PER_BURST = 5;
/** Within a burst changes come this much faster than on average. */
const BURST_SPEED = 50;
const DEPLOY_EVERY_MS = 30 * 60_000;

/** Changes of a key with the given mean interval; of a `deploys` world every key changes at each deploy as well. */
export function mutationsOf(kind: MutationKind, meanMs: Millis, rng: () => number): Mutations {
  const gaps = gapsOf(kind, meanMs, rng);
  let version = 0;
  let lastMs = 0;
  let nextMs = kind === 'periodic' ? meanMs * rng() : gaps.next(0);
  return {
    versionAt(atMs) {
      while (nextMs <= atMs) {
        version++;
        lastMs = nextMs;
        nextMs = gaps.next(nextMs);
      }
      return version;
    },
    get lastMs() {
      return lastMs;
    },
    get nextMs() {
      return nextMs;
    },
    get phase() {
      return gaps.phase;
    },
  };
}

/** The mean time between the changes of a burst, and between two bursts, of a key with the given mean interval. */
export function burstGapsMs(meanMs: Millis): { readonly burst: Millis; readonly quiet: Millis } {
  return {
    burst: meanMs / BURST_SPEED,
    quiet: meanMs * (CHANGES_PER_BURST - (CHANGES_PER_BURST - 1) / BURST_SPEED),
  };
}

interface Gaps {
  /** When the change after the one at `afterMs` comes. */
  next(afterMs: Millis): Millis;
  readonly phase: Mutations['phase'];
}

function gapsOf(kind: MutationKind, meanMs: Millis, rng: () => number): Gaps {
  switch (kind) {
    case 'poisson':
      return { next: (after) => after + exponential(meanMs, rng), phase: 'steady' };
    case 'periodic':
      return { next: (after) => after + meanMs, phase: 'steady' };
    case 'bursty':
      return bursts(meanMs, rng);
    case 'deploys': {
      let own = exponential(meanMs, rng);
      const next = (after: Millis) => {
        if (after >= own) own = after + exponential(meanMs, rng);
        return Math.min(own, (Math.floor(after / DEPLOY_EVERY_MS) + 1) * DEPLOY_EVERY_MS);
      };
      return { next, phase: 'steady' };
    }
  }
}

function bursts(meanMs: Millis, rng: () => number): Gaps {
  const meansMs = burstGapsMs(meanMs);
  let phase: 'burst' | 'quiet' = 'quiet';
  return {
    next(after) {
      phase = rng() < 1 / CHANGES_PER_BURST ? 'quiet' : 'burst';
      return after + exponential(meansMs[phase], rng);
    },
    get phase() {
      return phase;
    },
  };
}
