import { LinkedLists } from './linked-lists.ts';
import type { SimulatedCache } from './policy.ts';

/** Least recently used. */
export class Lru implements SimulatedCache {
  readonly #entries: number;
  readonly #list: LinkedLists;
  readonly #held: Uint8Array;

  constructor(entries: number, distinctKeys: number) {
    this.#entries = entries;
    this.#list = new LinkedLists(distinctKeys, 1);
    this.#held = new Uint8Array(distinctKeys);
  }

  access(key: number): boolean {
    const hit = this.#held[key] === 1;
    if (hit) {
      this.#list.remove(0, key);
    } else if ((this.#list.sizes[0] as number) >= this.#entries) {
      const victim = this.#list.last(0);
      this.#list.remove(0, victim);
      this.#held[victim] = 0;
    }
    this.#held[key] = 1;
    this.#list.pushFront(0, key);
    return hit;
  }
}
