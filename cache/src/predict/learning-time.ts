import type { Clock } from '../clock.ts';
import type { Millis, Ratio } from '../units.ts';

/** Longest time one batch may hold up the event loop, once its first accesses are learned from. */
const BATCH_MS: Millis = 0.2;
/** What may be saved up for busy moments, and borrowed to go on guessing. */
const SAVED_MS: Millis = 20;
/** Guesses made are settled even when there is no time; a debt that grows by that is not paid back for minutes. */
const DEEPEST_DEBT_MS: Millis = -SAVED_MS - 1;
/** What lies between two looks takes a quarter of this; if it took longer, somebody else had the processor. */
const LONGEST_LOOK_MS: Millis = 0.1;

/** What there is time for: learning and guessing, guessing by what is known already, or neither. */
export type Effort = 'learn' | 'guess' | 'nothing';

/**
 * Keeps learning within a share of one core: time is earned by the clock and spent by learning. After 200 µs the rest
 * of a batch is passed over; its first accesses never are for that reason, as in a quiet process code that is not
 * compiled yet, or a moment in which somebody else had the processor, takes longer. When time runs short, guessing by known rules goes on for a while on borrowed time: guesses
 * are what learning is for, and cost a fraction of it.
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
  }

  /** What there is time for with the first accesses of a batch, whatever went before them. */
  first(): Effort {
    this.#charge();
    this.#batchMs = 0;
    return this.#left();
  }

  /** What there is time for now. Reads the clock: ask it once for several accesses. */
  look(): Effort {
    this.#batchMs += this.#charge();
    return this.#batchMs >= BATCH_MS ? 'nothing' : this.#left();
  }

  /** Takes the time since the last look off what is left, and returns it. */
  #charge(): Millis {
    const nowMs = this.#clock.now();
    const tookMs = nowMs - this.#seenMs;
    this.#seenMs = nowMs;
    this.#leftMs = Math.max(DEEPEST_DEBT_MS, this.#leftMs - Math.min(tookMs, LONGEST_LOOK_MS));
    return tookMs;
  }

  #left(): Effort {
    if (this.#leftMs < -SAVED_MS) return 'nothing';
    return this.#leftMs > 0 ? 'learn' : 'guess';
  }
}
