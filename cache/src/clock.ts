import type { Count, Millis } from './units.ts';

/** Where the cache reads the time from. */
export interface Clock {
  /** Milliseconds since any fixed point; never goes backwards. Read at every hit, so it should be cheap. */
  now(): Millis;
}

/** The machine's monotonic clock, exact. Unmoved by changes of the wall clock; about 40 ns a look. */
export const systemClock: Clock = { now: () => performance.now() };

/** Looks at the real clock after so many reads of the coarse one, even inside one long synchronous stretch. */
const READS_PER_LOOK: Count = 64;

/**
 * The monotonic clock in whole milliseconds, looked at once a millisecond or once in 64 reads, whichever is first.
 * In between it answers from memory, which is what keeps a hit near the cost of a bare `Map`.
 */
class CoarseClock implements Clock {
  #nowMs: Millis = 0;
  #readsLeft: Count = 0;
  #timer: NodeJS.Timeout | undefined;

  now(): Millis {
    if (this.#readsLeft-- <= 0) this.#look();
    return this.#nowMs;
  }

  #look(): void {
    this.#nowMs = Math.trunc(performance.now());
    this.#readsLeft = READS_PER_LOOK;
    this.#timer ??= setTimeout(this.#onMillisecond, 1).unref();
  }

  readonly #onMillisecond = (): void => {
    this.#timer = undefined;
    this.#readsLeft = 0;
  };
}

/** One for all caches of the process: the cache's default clock. */
export const coarseClock: Clock = new CoarseClock();
