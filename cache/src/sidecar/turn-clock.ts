import type { Clock } from '../clock.ts';
import type { Millis } from '../units.ts';

/**
 * Looks at the clock once for all commands of a chunk. A cache with the system's clock instead arms a timer of 1 ms
 * with a look, and a server that sleeps between two requests then programs the machine's timer at every sleep. In a
 * virtual machine that leaves the guest: 3 us of a GET's 17.
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
