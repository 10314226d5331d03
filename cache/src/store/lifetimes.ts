import type { Count, Millis, Ratio } from '../units.ts';
import { type Entries, Flag } from './entries.ts';
import { NEVER } from './hit-path.ts';

/** Times are moved when they get here, so that an end stays below `NEVER`. */
const REBASE_AT_MS: Millis = 2 ** 29;
/** Longest life that is kept exactly; anything longer but finite is cut to it (18 days). */
const LONGEST_MS: Millis = NEVER - 1 - REBASE_AT_MS;
/** An entry past its life is looked at about so often while it lives, which bounds the sweep's cost. */
const LOOKS_PER_LIFE: Count = 16;
const SHORTEST_SWEEP_MS: Millis = 250;
/** Reads that an entry needs lately before its last tenth is worth a refresh ahead. */
const HOT_READS: Count = 3;

/** How long past its life a value may still be served, and on what terms. */
export interface StaleWindows {
  /** Served at once while a new value is loaded. */
  readonly whileRevalidateMs: Millis;
  /** Served when the load fails. */
  readonly ifErrorMs: Millis;
}

/**
 * When entries end. A read compares one number; expired entries that nobody reads are found by a hand that goes
 * round the `validUntil` column, 4 bytes an entry, read in order: about 1 ms for a million entries.
 *
 * A timer wheel would find them sooner, for two links (8 bytes) an entry and two random writes a set. The hand costs
 * nothing while nothing expires, and O(1) an entry and life: it goes round once in a sixteenth of the shortest life.
 */
export class Lifetimes<V> {
  readonly #entries: Entries<V>;
  readonly #windows: StaleWindows;
  readonly #refreshAheadRatio: Ratio;
  #hand = 0;
  #earliestEndMs: Millis = Number.POSITIVE_INFINITY;
  #shortestLifeMs: Millis = Number.POSITIVE_INFINITY;
  #roundStartedMs: Millis = 0;

  constructor(entries: Entries<V>, windows: StaleWindows, refreshAheadRatio: Ratio) {
    this.#entries = entries;
    this.#windows = windows;
    this.#refreshAheadRatio = refreshAheadRatio;
  }

  /** Whether any entry can expire. */
  get inUse(): boolean {
    return this.#shortestLifeMs !== Number.POSITIVE_INFINITY;
  }

  /** False while no entry can be past its life: a lower bound of all ends says so. */
  mayHaveEnded(nowMs: Millis): boolean {
    return nowMs >= this.#earliestEndMs;
  }

  /** Sets when the value stops being fresh; returns the flags that follow. */
  begin(slot: number, nowMs: Millis, lifeMs: Millis, refreshable: boolean): number {
    const { validUntil } = this.#entries.path;
    if (lifeMs === Number.POSITIVE_INFINITY) {
      validUntil[slot] = NEVER;
      return 0;
    }
    const life = Math.min(LONGEST_MS, Math.max(1, Math.round(lifeMs)));
    if (life < this.#shortestLifeMs) this.#shortestLifeMs = life;
    if (nowMs + life < this.#earliestEndMs) this.#earliestEndMs = nowMs + life;
    const ahead = refreshable ? this.#aheadOf(life) : 0;
    validUntil[slot] = Math.min(NEVER - 1, nowMs + life - ahead);
    return ahead > 0 ? Flag.softEnd : 0;
  }

  /** When the value stops being fresh. */
  freshUntil(slot: number): Millis {
    const entries = this.#entries;
    const until = entries.path.validUntil[slot]!;
    if ((entries.flags(slot) & Flag.softEnd) === 0) return until === NEVER ? Number.POSITIVE_INFINITY : until;
    // The window is not stored: it follows from where it starts.
    const soft = until - entries.loadedAt(slot);
    return until + Math.floor((soft * this.#refreshAheadRatio) / (1 - this.#refreshAheadRatio));
  }

  /** True once a life, for an entry read often that is in its last part; the caller then refreshes it. */
  takeRefreshAhead(slot: number, reads: Count): boolean {
    const entries = this.#entries;
    const end = this.freshUntil(slot);
    entries.setFlags(slot, entries.flags(slot) & ~Flag.softEnd);
    entries.path.validUntil[slot] = end;
    return reads >= HOT_READS;
  }

  /** When nothing more may be served of it. */
  keepUntil(slot: number, maxAgeMs: Millis): Millis {
    const grace = Math.max(this.#windows.whileRevalidateMs, this.#windows.ifErrorMs);
    return Math.min(this.freshUntil(slot) + grace, this.#entries.loadedAt(slot) + maxAgeMs);
  }

  servableStale(
    slot: number,
    nowMs: Millis,
    maxAgeMs: Millis,
    when: 'revalidating' | 'load-failed',
  ): boolean {
    const windowMs = when === 'revalidating' ? this.#windows.whileRevalidateMs : this.#windows.ifErrorMs;
    return (
      windowMs > 0 &&
      nowMs < this.freshUntil(slot) + windowMs &&
      nowMs < this.#entries.loadedAt(slot) + maxAgeMs
    );
  }

  /** Looks at up to `count` slots and gives those to `onEnded` that are past all use. */
  sweep(
    nowMs: Millis,
    count: Count,
    onEnded: (slot: number) => void,
    isEnded: (slot: number) => boolean,
  ): void {
    const { used } = this.#entries;
    const { validUntil } = this.#entries.path;
    for (let looked = 0; looked < Math.min(count, used); looked++) {
      if (this.#hand >= used) this.#hand = 0;
      const slot = this.#hand++;
      if (validUntil[slot]! <= nowMs && this.#entries.isHeld(slot) && isEnded(slot)) onEnded(slot);
    }
  }

  /** How many slots are due to be looked at after `elapsedMs` more. */
  dueSlots(nowMs: Millis): Count {
    if (!this.inUse) return 0;
    const roundMs = Math.max(SHORTEST_SWEEP_MS, this.#shortestLifeMs / LOOKS_PER_LIFE);
    const elapsedMs = nowMs - this.#roundStartedMs;
    this.#roundStartedMs = nowMs;
    return Math.ceil(Math.min(1, elapsedMs / roundMs) * this.#entries.used);
  }

  /** By how much the times must be moved to stay within 32 bits; 0 most of the time. */
  rebaseBy(nowMs: Millis): Millis {
    if (nowMs < REBASE_AT_MS) return 0;
    // All of it at once: a clock that tests move by hand may have jumped far.
    const byMs = Math.trunc(nowMs) - REBASE_AT_MS / 2;
    this.#roundStartedMs = 0;
    this.#earliestEndMs -= byMs;
    return byMs;
  }

  #aheadOf(life: Millis): Millis {
    if (this.#refreshAheadRatio === 0) return 0;
    const soft = Math.ceil(life * (1 - this.#refreshAheadRatio));
    return Math.min(
      life - soft,
      Math.floor((soft * this.#refreshAheadRatio) / (1 - this.#refreshAheadRatio)),
    );
  }
}
