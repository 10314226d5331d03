import type { Millis } from '../units.ts';

/** Between two ticks at least: what becomes due meanwhile is done together. */
const AT_LEAST_MS: Millis = 50;

/**
 * Ticks when something is due instead of all the time: a wake-up for nothing costs a process that rests about as much
 * as a message, and twenty a second cost more than all that a quiet fleet tells.
 */
export class Ticker implements Disposable {
  readonly #now: () => Millis;
  readonly #dueMs: () => Millis;
  readonly #tick: () => void;
  #timer: NodeJS.Timeout | undefined;
  #plannedMs: Millis = Number.POSITIVE_INFINITY;
  #earliestMs: Millis = Number.NEGATIVE_INFINITY;

  constructor(now: () => Millis, dueMs: () => Millis, tick: () => void) {
    this.#now = now;
    this.#dueMs = dueMs;
    this.#tick = tick;
  }

  /** To be called when something may be due earlier than it was. */
  plan(): void {
    if (this.#plannedMs <= this.#earliestMs) return;
    const dueMs = Math.max(this.#dueMs(), this.#earliestMs);
    if (dueMs >= this.#plannedMs) return;
    this.#plannedMs = dueMs;
    this.#wait();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#plannedMs = Number.NEGATIVE_INFINITY;
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const waitMs = Math.max(0, this.#plannedMs - this.#now());
    this.#timer = setTimeout(() => this.#woke(), waitMs).unref();
  }

  #woke(): void {
    const nowMs = this.#now();
    // Timers count from the turn of the event loop they were made in, and so end a little early.
    if (nowMs < this.#plannedMs) {
      this.#wait();
      return;
    }
    this.#plannedMs = Number.POSITIVE_INFINITY;
    this.#earliestMs = nowMs + AT_LEAST_MS;
    this.#tick();
    this.plan();
  }
}
