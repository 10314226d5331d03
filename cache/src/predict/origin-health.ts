import type { Count, Millis } from '../units.ts';
import type { LoopStalls } from './loop-stalls.ts';

const MAX_LOADS: Count = 2048;
const MAX_GROUPS: Count = 256;
/** A load that has not ended after this counts as failed. */
const LOST_AFTER_MS: Millis = 30_000;
/** How much slower than usual loads may get before guesses stop, and the difference that is noise anyway. */
const SLOW_FACTOR = 2;
const NOISE_MS: Millis = 2;
/** One load counts as so many times slower at most. */
const MOST_SLOW = 4;
const FAILED_SHARE = 0.01;
/** Guesses hold back at once, and pause only when the origin has seemed slow for so long. */
const CONFIRMED_AFTER_MS: Millis = 200;
const FIRST_PAUSE_MS: Millis = 1000;
const LONGEST_PAUSE_MS: Millis = 60_000;
/** Weight of one load in the recent mean, and in the usual one once it has settled. */
const RECENT = 1 / 16;
const USUAL = 1 / 256;
/** While loads seem slow, the usual time hardly moves: slowness must not become usual within minutes. */
const SUSPICIOUS = 1.5;
const USUAL_WHEN_SLOW = 1 / 16_384;

interface Usual {
  meanMs: Millis;
  loads: Count;
}

interface Load {
  readonly startedMs: Millis;
  readonly prefetch: boolean;
}

/**
 * Watches how long loads take and tells when guesses should hold back: as soon as recent loads take twice as long
 * as usual, or more than 1 % of the prefetches bring nothing. Demand loads are watched too, so recovery shows. A load
 * that came late because this process stood still says nothing about the origin.
 */
export class OriginHealth {
  readonly #stalls: LoopStalls | undefined;
  readonly #loads = new Map<string, Load>();
  /** Usual load time by key prefix: a slow domain read more often is no slow origin. */
  readonly #usual = new Map<string, Usual>();
  /** The load time of all groups that there is no room for. */
  #usualOfOthers: Usual | undefined;
  #slowness = 1;
  #excessMs = 0;
  #failedShare = 0;
  #latencyMs = 0;
  #deviationMs = 0;
  #pausedUntilMs = Number.NEGATIVE_INFINITY;
  #badSinceMs = Number.NaN;
  #pauseMs = FIRST_PAUSE_MS;
  #prefetches = 0;

  /** @param stalls When this process stood still; without it, it never did. */
  constructor(stalls?: LoopStalls) {
    this.#stalls = stalls;
  }

  /** Prefetches that have not ended. */
  get prefetchesInFlight(): Count {
    return this.#prefetches;
  }

  /** How long before its read a key must be asked for to be there in time: the usual load and a margin. */
  get leadMs(): Millis {
    return this.#latencyMs + 2 * this.#deviationMs;
  }

  /** Whether guesses may load now. */
  allows(atMs: Millis): boolean {
    if (atMs < this.#pausedUntilMs) return false;
    const bad =
      (this.#slowness > SLOW_FACTOR && this.#excessMs > NOISE_MS) || this.#failedShare > FAILED_SHARE;
    if (!bad) {
      this.#pauseMs = FIRST_PAUSE_MS;
      this.#badSinceMs = Number.NaN;
      return true;
    }
    // A short pause delays every load in flight once; a slow origin stays slow.
    if (Number.isNaN(this.#badSinceMs)) this.#badSinceMs = atMs;
    if (atMs - this.#badSinceMs < CONFIRMED_AFTER_MS) return false;
    this.#badSinceMs = Number.NaN;
    this.#pausedUntilMs = atMs + this.#pauseMs;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    // After the pause a few prefetches find out; demand loads have updated the rest meanwhile.
    this.#failedShare = 0;
    return false;
  }

  /** A prefetch is always counted, or more could be in flight than may: also over reads that nothing was loaded for. */
  begin(key: string, atMs: Millis, prefetch: boolean): void {
    const known = this.#loads.get(key);
    if (!prefetch && (known || this.#loads.size >= MAX_LOADS)) return;
    // No key is loaded twice at a time: an earlier prefetch of it has ended and brought nothing.
    if (known?.prefetch) this.#failed();
    this.#stalls?.watch();
    if (prefetch) this.#prefetches++;
    // Taken out first, so that the oldest stay in front.
    this.#loads.delete(key);
    this.#loads.set(key, { startedMs: atMs, prefetch });
  }

  end(key: string, atMs: Millis): void {
    const load = this.#loads.get(key);
    if (!load) return;
    this.#loads.delete(key);
    if (load.prefetch) {
      this.#prefetches--;
      this.#failedShare -= this.#failedShare / 256;
    }
    this.#took(key, atMs - load.startedMs, this.#stalls?.within(load.startedMs, atMs) ?? 0);
    this.#restIfIdle();
  }

  /** Gives up loads that never ended. */
  expire(atMs: Millis): void {
    for (const [key, load] of this.#loads) {
      if (atMs - load.startedMs < LOST_AFTER_MS) return;
      this.#loads.delete(key);
      if (load.prefetch) this.#failed();
    }
    this.#restIfIdle();
  }

  /** A prefetch brought nothing. */
  #failed(): void {
    this.#prefetches--;
    this.#failedShare += (1 - this.#failedShare) / 64;
  }

  #restIfIdle(): void {
    if (this.#loads.size === 0) this.#stalls?.rest();
  }

  #took(key: string, ms: Millis, stalledMs: Millis): void {
    const group = key.slice(0, key.lastIndexOf(':') + 1);
    let usual = this.#usual.get(group) ?? (this.#usual.size < MAX_GROUPS ? undefined : this.#usualOfOthers);
    if (stalledMs > 0 && (!usual || ms - stalledMs <= SLOW_FACTOR * usual.meanMs + NOISE_MS)) return;
    if (this.#latencyMs === 0) this.#latencyMs = ms;
    this.#deviationMs += (Math.abs(ms - this.#latencyMs) - this.#deviationMs) * RECENT;
    this.#latencyMs += (ms - this.#latencyMs) * RECENT;
    if (!usual) {
      usual = { meanMs: ms, loads: 0 };
      if (this.#usual.size < MAX_GROUPS) this.#usual.set(group, usual);
      else this.#usualOfOthers = usual;
    }
    usual.loads++;
    if (usual.loads > 16) {
      const seenMs = Math.min(ms, MOST_SLOW * Math.max(usual.meanMs, 0.05));
      this.#slowness += (seenMs / Math.max(usual.meanMs, 0.05) - this.#slowness) * RECENT;
      this.#excessMs += (seenMs - usual.meanMs - this.#excessMs) * RECENT;
    }
    const settled = this.#slowness > SUSPICIOUS ? USUAL_WHEN_SLOW : USUAL;
    usual.meanMs += (ms - usual.meanMs) * (usual.loads < 256 ? 1 / usual.loads : settled);
  }
}
