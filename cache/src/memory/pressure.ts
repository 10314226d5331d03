import type { Bytes, Ratio } from '../units.ts';
import type { ContainerMemory } from './container-memory.ts';

/** Above this share of the limit the cache gives memory back … */
const SHORT_RATIO: Ratio = 0.9;
/** … and below this one it takes some again. The gap keeps it from swinging. */
const EASY_RATIO: Ratio = 0.8;
/** Never below this share of the configured budget: a cache of nothing turns a shortage into an outage. */
const LEAST_RATIO: Ratio = 0.1;
const GROWTH_PER_LOOK: Ratio = 0.02;
/** What is freed on V8's heap reaches the system only after a collection: wait so long before freeing more. */
const LOOKS_BETWEEN_CUTS = 4;

/** The budget that the container's memory allows now. Asked at each beat of maintenance: a cut within 1 s. */
export class PressureFollower {
  readonly #memory: ContainerMemory;
  #looksToNextCut = 0;

  constructor(memory: ContainerMemory) {
    this.#memory = memory;
  }

  /**
   * @param configuredBytes the budget while memory is plentiful
   * @param budgetBytes the budget now
   * @param chargedBytes what the cache holds
   */
  nextBudget(configuredBytes: Bytes, budgetBytes: Bytes, chargedBytes: Bytes): Bytes {
    const limit = this.#memory.limitBytes();
    const used = this.#memory.usedBytes();
    if (limit === undefined || used === undefined) return configuredBytes;
    const least = configuredBytes * LEAST_RATIO;
    const over = used - limit * SHORT_RATIO;
    if (this.#looksToNextCut > 0) this.#looksToNextCut--;
    if (over > 0) {
      if (this.#looksToNextCut > 0) return budgetBytes;
      this.#looksToNextCut = LOOKS_BETWEEN_CUTS;
      return Math.floor(Math.max(least, Math.min(budgetBytes, chargedBytes) - over));
    }
    if (used > limit * EASY_RATIO) return budgetBytes;
    return Math.floor(Math.min(configuredBytes, budgetBytes + configuredBytes * GROWTH_PER_LOOK));
  }
}
