import type { SimulatedCache } from './policy.ts';

const NONE = -1;

/** Zhang et al., "SIEVE is simpler than LRU", NSDI 2024: one queue, one bit, a hand that moves towards the head. */
export class Sieve implements SimulatedCache {
  readonly #entries: number;
  readonly #newer: Int32Array;
  readonly #older: Int32Array;
  readonly #held: Uint8Array;
  readonly #visited: Uint8Array;
  #head = NONE;
  #tail = NONE;
  #hand = NONE;
  #size = 0;

  constructor(entries: number, distinctKeys: number) {
    this.#entries = entries;
    this.#newer = new Int32Array(distinctKeys);
    this.#older = new Int32Array(distinctKeys);
    this.#held = new Uint8Array(distinctKeys);
    this.#visited = new Uint8Array(distinctKeys);
  }

  access(key: number): boolean {
    if (this.#held[key] === 1) {
      this.#visited[key] = 1;
      return true;
    }
    if (this.#size === this.#entries) this.#evict();
    this.#held[key] = 1;
    this.#visited[key] = 0;
    this.#newer[key] = NONE;
    this.#older[key] = this.#head;
    if (this.#head !== NONE) this.#newer[this.#head] = key;
    this.#head = key;
    if (this.#tail === NONE) this.#tail = key;
    this.#size++;
    return false;
  }

  #evict(): void {
    let key = this.#hand === NONE ? this.#tail : this.#hand;
    while (this.#visited[key] === 1) {
      this.#visited[key] = 0;
      key = this.#newer[key] as number;
      if (key === NONE) key = this.#tail;
    }
    const newer = this.#newer[key] as number;
    const older = this.#older[key] as number;
    this.#hand = newer;
    if (newer === NONE) this.#head = older;
    else this.#older[newer] = older;
    if (older === NONE) this.#tail = newer;
    else this.#newer[older] = newer;
    this.#held[key] = 0;
    this.#size--;
  }
}
