import type { Clock } from '../clock.ts';
import type { Count, Millis } from '../units.ts';

/** How often a watched event loop is marked alive. */
const BEAT_MS: Millis = 10;
/** A shorter silence is no stall: a beat is rarely on time. */
const SHORTEST_MS: Millis = 2 * BEAT_MS;
const MAX_STALLS: Count = 32;
/** Nothing is under way for longer: what was watched has failed, and nobody was there to say so. */
const LONGEST_WATCH_MS: Millis = 30_000;

interface Stall {
  readonly fromMs: Millis;
  readonly toMs: Millis;
}

/**
 * Knows when this process did not come round to anything: a long task, a garbage collection, a CPU limit, other
 * programs. What was under way then seems slow and was not. A stall is known to within one beat. The timer runs only
 * while something is watched, so an idle process sleeps.
 */
export class LoopStalls {
  readonly #clock: Clock;
  readonly #stalls: Stall[] = [];
  #aliveMs: Millis = Number.POSITIVE_INFINITY;
  #wantedMs: Millis = 0;
  #beat: NodeJS.Timeout | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something is under way from now on, for half a minute at most, that a stall would make late. */
  watch(): void {
    this.#wantedMs = this.#clock.now();
    if (this.#beat) return;
    this.#aliveMs = this.#wantedMs;
    this.#beat = setInterval(() => this.alive(), BEAT_MS).unref();
  }

  /** Nothing is under way any more. */
  rest(): void {
    clearInterval(this.#beat);
    this.#beat = undefined;
  }

  /** The event loop runs. Watching calls it every 10 ms. */
  alive(): void {
    const nowMs = this.#clock.now();
    if (nowMs - this.#aliveMs >= SHORTEST_MS) {
      this.#stalls.push({ fromMs: this.#aliveMs, toMs: nowMs });
      if (this.#stalls.length > MAX_STALLS) this.#stalls.shift();
    }
    this.#aliveMs = nowMs;
    if (nowMs - this.#wantedMs > LONGEST_WATCH_MS) this.rest();
  }

  /** How much of the time from one moment to another the loop stood still. */
  within(fromMs: Millis, toMs: Millis): Millis {
    let stalledMs = 0;
    for (let i = this.#stalls.length - 1; i >= 0; i--) {
      const stall = this.#stalls[i]!;
      if (stall.toMs <= fromMs) break;
      stalledMs += Math.max(0, Math.min(stall.toMs, toMs) - Math.max(stall.fromMs, fromMs));
    }
    return stalledMs;
  }
}
