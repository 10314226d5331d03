import type { Count, Ratio } from '../units.ts';

/**
 * Bounds useless prefetches by construction: each prefetch takes a token or more, one that is read gives them back, each
 * demand miss adds `sharePerMiss`. At any time, unused prefetches ≤ sharePerMiss · misses + burst.
 */
export class WasteBudget {
  readonly burst: Count;
  readonly #sharePerMiss: Ratio;
  #tokens: number;

  constructor(sharePerMiss: Ratio, burst: Count) {
    this.#sharePerMiss = sharePerMiss;
    this.burst = burst;
    this.#tokens = burst;
  }

  /** What is left of a full budget, 0 to 1. */
  get fill(): Ratio {
    return this.#tokens / this.burst;
  }

  /** Takes the tokens of one prefetch; false when there are not so many. */
  take(price: Count): boolean {
    if (this.#tokens < price) return false;
    this.#tokens -= price;
    return true;
  }

  /** A prefetched value was read, or the prefetch never began. */
  refund(price: Count): void {
    this.#tokens = Math.min(this.burst, this.#tokens + price);
  }

  /** A read found nothing. */
  onMiss(): void {
    this.#tokens = Math.min(this.burst, this.#tokens + this.#sharePerMiss);
  }
}
