import type { Millis, Ratio } from '../units.ts';

const PERIOD_MS = 30_000;
/** Gain of the first adjustments and of those after the first hour: quick to find the price, slow to leave it. */
const FIRST_GAIN = 0.4;
const LATER_GAIN = 0.04;
/** Share of the earlier evidence kept at each adjustment: a memory of about 25 minutes. */
const KEPT = 0.98;
const MIN_PRICE = 1e-4;
const MAX_PRICE = 1e5;

/**
 * What a stale read costs, in fetches, so that a given share of all reads is stale.
 * Every 30 s ln(price) moves by gain·ln(found share / budget). With a gain that stayed at its first 0.4, a deploy that
 * changes everything would throw the price off for long.
 */
export class StalePrice {
  readonly #budgetRatio: Ratio;
  #price = 1;
  #staleReads = 0;
  #reads = 0;
  #adjustAtMs = Number.NaN;
  #gain = FIRST_GAIN;

  constructor(budgetRatio: Ratio) {
    this.#budgetRatio = budgetRatio;
  }

  get price(): number {
    return this.#price;
  }

  /** The share of stale reads last found; NaN before anything was read. */
  get foundRatio(): Ratio {
    return this.#staleReads / this.#reads;
  }

  /** Accounts one cached life, closed by the fetch that showed what had become of the value. */
  account(staleReads: number, reads: number, nowMs: Millis): void {
    this.#staleReads += staleReads;
    this.#reads += reads;
    if (Number.isNaN(this.#adjustAtMs)) this.#adjustAtMs = nowMs + PERIOD_MS;
    if (nowMs < this.#adjustAtMs) return;
    this.#adjustAtMs = nowMs + PERIOD_MS;
    const found = Math.max(this.foundRatio, this.#budgetRatio / 20);
    const step = Math.max(-1, Math.min(1, this.#gain * Math.log(found / this.#budgetRatio)));
    this.#gain = Math.max(LATER_GAIN, this.#gain * 0.98);
    this.#price = Math.max(MIN_PRICE, Math.min(MAX_PRICE, this.#price * Math.exp(step)));
    this.#staleReads *= KEPT;
    this.#reads *= KEPT;
  }
}
