import type { Clock } from '../clock.ts';
import type { Millis, Ratio } from '../units.ts';

/** Longest time one batch may hold up the event loop. */
const BATCH_MS: Millis = 0.2;
/** What may be saved up for busy moments. */
const SAVED_MS: Millis = 20;

/**
 * Keeps learning within a share of one core: time is earned by the clock and spent by learning, and no batch may
 * spend more than 200 µs.
 */
export class LearningTime {
  readonly #clock: Clock;
  readonly #share: Ratio;
  #leftMs: Millis = SAVED_MS;
  #seenMs: Millis;
  #batchMs: Millis = 0;

  constructor(clock: Clock, share: Ratio) {
    this.#clock = clock;
    this.#share = share;
    this.#seenMs = clock.now();
  }

  /** A batch begins. */
  begin(): void {
    const nowMs = this.#clock.now();
    this.#leftMs = Math.min(SAVED_MS, this.#leftMs + (nowMs - this.#seenMs) * this.#share);
    this.#seenMs = nowMs;
    this.#batchMs = 0;
  }

  /** Whether there is time left for more. Reads the clock: ask it once for several accesses. */
  isLeft(): boolean {
    const nowMs = this.#clock.now();
    this.#batchMs += nowMs - this.#seenMs;
    this.#leftMs -= nowMs - this.#seenMs;
    this.#seenMs = nowMs;
    return this.#leftMs > 0 && this.#batchMs < BATCH_MS;
  }
}
