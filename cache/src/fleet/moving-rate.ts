import type { Count, Millis } from '../units.ts';

/**
 * How often something happens, averaged over about `overMs` with the latest weighing most. Right from its first
 * look on: what it has not seen yet does not count as nothing.
 */
export class MovingRate {
  readonly #overMs: Millis;
  #perMs = 0;
  /** How much of the average is of what was seen. */
  #seen = 0;

  constructor(overMs: Millis) {
    this.#overMs = overMs;
  }

  /** Takes in how often it happened in the time since the last look. */
  look(times: Count, elapsedMs: Millis): void {
    const share = Math.min(1, elapsedMs / this.#overMs);
    this.#perMs += (times / elapsedMs - this.#perMs) * share;
    this.#seen += (1 - this.#seen) * share;
  }

  get perMs(): number {
    return this.#seen === 0 ? 0 : this.#perMs / this.#seen;
  }
}
