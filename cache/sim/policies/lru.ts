import { LinkedLists, NOWHERE } from './linked-lists.ts';
import type { SimulatedCache } from './policy.ts';

const HELD = 1;

/** Least recently used. */
export class Lru implements SimulatedCache {
  readonly #entries: number;
  readonly #lists: LinkedLists;

  constructor(entries: number, distinctKeys: number) {
    this.#entries = entries;
    this.#lists = new LinkedLists(distinctKeys, 1);
  }

  access(key: number): boolean {
    const hit = this.#lists.listOf(key) === HELD;
    if (!hit && this.#lists.size(HELD) >= this.#entries) this.#lists.move(this.#lists.last(HELD), NOWHERE);
    this.#lists.move(key, HELD);
    return hit;
  }
}
