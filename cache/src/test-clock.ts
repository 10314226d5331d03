import type { Clock } from './clock.ts';
import type { Millis } from './units.ts';

/** A clock that tests move by hand. */
export class TestClock implements Clock {
  #nowMs: Millis;

  constructor(startMs: Millis = 1_000_000) {
    this.#nowMs = startMs;
  }

  now(): Millis {
    return this.#nowMs;
  }

  advance(byMs: Millis): void {
    this.#nowMs += byMs;
  }
}
