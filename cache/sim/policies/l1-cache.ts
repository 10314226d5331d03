import { L1Cache } from '../../src/index.ts';
import type { SimulatedCache } from './policy.ts';

const VALUE_BYTES = 1;

/** Wide enough that the number of entries is what bounds the store. */
const BUDGET_BYTES = 2 ** 32;

/** The library itself, bounded by a number of entries. */
export class L1CacheUnderTest implements SimulatedCache {
  readonly #cache: L1Cache<true>;
  readonly #names: string[];

  constructor(entries: number, distinctKeys: number, seed: number) {
    this.#names = namesOf(distinctKeys);
    this.#cache = new L1Cache<true>({
      budgetBytes: BUDGET_BYTES,
      maxEntries: entries,
      seed,
      clock: { now: () => 0 },
      containerMemory: { limitBytes: () => undefined, usedBytes: () => undefined },
    });
  }

  access(key: number): boolean {
    const name = this.#names[key] as string;
    if (this.#cache.get(name) !== undefined) return true;
    this.#cache.set(name, true, { sizeBytes: VALUE_BYTES });
    return false;
  }
}

const names: string[] = [];

// Shared by all runs: making millions of strings takes longer than a run.
function namesOf(distinctKeys: number): string[] {
  for (let key = names.length; key < distinctKeys; key++) names.push(nameOf(key));
  return names;
}

function nameOf(key: number): string {
  return `k${key.toString(36).padStart(6, '0')}`;
}
