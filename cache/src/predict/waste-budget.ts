import type { Count, Ratio } from '../units.ts';

/**
 * Bounds useless prefetches by construction: each prefetch takes a token, one that is read gives it back, each
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

  /** Takes a token; false when there is none. */
  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  /** A prefetched value was read, or the prefetch never began. */
  refund(): void {
    this.#tokens = Math.min(this.burst, this.#tokens + 1);
  }

  /** A read found nothing. */
  onMiss(): void {
    this.#tokens = Math.min(this.burst, this.#tokens + this.#sharePerMiss);
  }
}
