import type { Millis, Ratio } from '../units.ts';
import type { TrackedKeys } from './tracked-keys.ts';

/** A change less likely than this is a surprise: shrink, then double again while nothing changes. */
const SURPRISE_RATIO = 0.05;
const SURPRISE_SHRINK = 8;
/** Changes in a row that are let pass; each further one halves the TTL. */
const CHANGES_LET_PASS = 4;
/** A TTL may grow to this multiple of the longest time just seen unchanged. */
const GROWTH = 2;

/**
 * Holds TTLs back where the belief may be wrong: it lets one grow to twice the time just seen unchanged, no more,
 * and shrinks it after surprises. Source of the growth: Cate 1992.
 */
export class GrowthGuard {
  readonly #keys: TrackedKeys;
  readonly #minTtlMs: Millis;

  constructor(keys: TrackedKeys, minTtlMs: Millis) {
    this.#keys = keys;
    this.#minTtlMs = minTtlMs;
  }

  /** The value is known to have been the same for so long. */
  allow(slot: number, unchangedMs: Millis): void {
    this.#keys.guardMs[slot] = Math.max(this.#keys.guardMs[slot]!, GROWTH * unchangedMs);
  }

  onUnchanged(slot: number, intervalMs: Millis): void {
    this.#keys.changesInRow[slot] = 0;
    this.allow(slot, intervalMs);
  }

  /** A fetch found a change that had been held for this likely. */
  onChanged(slot: number, likelihood: Ratio): void {
    const keys = this.#keys;
    const inRow = Math.min(255, keys.changesInRow[slot]! + 1);
    keys.changesInRow[slot] = inRow;
    if (likelihood < SURPRISE_RATIO) keys.guardMs[slot] = keys.ttlMs[slot]! / SURPRISE_SHRINK;
    else if (inRow > CHANGES_LET_PASS) keys.guardMs[slot] = keys.ttlMs[slot]! / 2;
    keys.guardMs[slot] = Math.max(this.#minTtlMs, keys.guardMs[slot]!);
  }
}
