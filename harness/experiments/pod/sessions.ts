import type { Count, Millis } from 'l1-cache';
import { sessionKey, sessionValue, zipf } from '../../../cache/bench/predict/session-workload.ts';
import { createRng } from '../../../scenarios/random.ts';
import type { PodPlan } from './plan.ts';

export { sessionValue };

type Named = { readonly userId?: number; readonly profileId?: number };

/** The key that the value of a session or a user names, and null at the end of the chain. */
export function nextKey(key: string, value: unknown): string | null {
  const { userId, profileId } = value as Named;
  if (key.startsWith('session.')) return `user.13:${userId}`;
  return key.startsWith('user.') ? `profile.14:${profileId}` : null;
}

/** Draws the sessions that requests begin with; from the shift on the most read users are others. */
export class Sessions {
  readonly #draw: () => Count;
  readonly #users: Count;
  #shifted = 0;

  constructor({ users, zipfExponent, seed }: Pick<PodPlan, 'users' | 'zipfExponent' | 'seed'>) {
    this.#users = users;
    this.#draw = zipf(users, zipfExponent, createRng(seed));
  }

  /** Replaces the most read users by ones nobody has read. */
  shift(users: Count): void {
    this.#shifted = users;
  }

  next(): string {
    const rank = this.#draw();
    return sessionKey(rank < this.#shifted ? this.#users + rank : rank);
  }
}

/** The pause between two reads of a request: log-normal, median 12 ms, 50 ms at most. */
export function gapMs(rng: () => number): Millis {
  const normal = Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
  return Math.min(50, 12 * Math.exp(0.6 * normal));
}
