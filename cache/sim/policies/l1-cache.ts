import { L1Cache } from '../../src/index.ts';
import type { SimulatedCache } from './policy.ts';

const VALUE_BYTES = 1;

/**
 * The library itself, bounded by a number of entries: keys of one length and values of one size are all charged the
 * same, so a budget of n charges holds n entries.
 */
export class L1CacheUnderTest implements SimulatedCache {
  readonly #cache: L1Cache<true>;
  readonly #names: string[];

  constructor(entries: number, distinctKeys: number, seed: number) {
    this.#names = namesOf(distinctKeys);
    this.#cache = new L1Cache<true>({
      budgetBytes: entries * chargePerEntry(),
      seed,
      clock: { now: () => 0 },
    });
  }

  access(key: number): boolean {
    const name = this.#names[key] as string;
    if (this.#cache.get(name) !== undefined) return true;
    this.#cache.set(name, true, { sizeBytes: VALUE_BYTES });
    return false;
  }
}

function chargePerEntry(): number {
  const cache = new L1Cache<true>({ budgetBytes: 1_000_000, seed: 1, clock: { now: () => 0 } });
  cache.set(nameOf(0), true, { sizeBytes: VALUE_BYTES });
  return cache.chargedBytes;
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
