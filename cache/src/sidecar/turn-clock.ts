import type { Clock } from '../clock.ts';
import type { Millis } from '../units.ts';

/**
 * Looks at the clock once for all commands of a chunk. With the system's clock the cache has the event loop end each of
 * its looks, which a chunk of one command pays for in full: 0.6 us of a GET's 17.
 */
export class TurnClock implements Clock {
  readonly #source: Clock;
  #turnMs: Millis | undefined;

  constructor(source: Clock) {
    this.#source = source;
  }

  /** Between turns, when timers run, the time is read anew. */
  now(): Millis {
    return this.#turnMs ?? this.#source.now();
  }

  begin(): void {
    this.#turnMs = this.#source.now();
  }

  end(): void {
    this.#turnMs = undefined;
  }
}
