import type { Clock } from '../clock.ts';
import type { Millis } from '../units.ts';

/** The clock in the terms of the columns: milliseconds since the cache was made, or since times were last moved. */
export class StoreTime {
  readonly #clock: Clock;
  #epochMs: Millis;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#epochMs = clock.now();
  }

  now(): Millis {
    return this.#clock.now() - this.#epochMs;
  }

  /** The clock's own reading. */
  get clockMs(): Millis {
    return this.#clock.now();
  }

  /** From here on `byMs` ago is zero. */
  rebase(byMs: Millis): void {
    this.#epochMs += byMs;
  }
}
