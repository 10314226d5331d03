import type { Count } from './units.ts';

/**
 * A map of a bounded number of entries: beyond it, the one set longest ago goes. One iterator is kept, which stands
 * behind the places of all that was deleted; a new one would walk over thousands of them at each set.
 */
export class Latest<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #oldest = this.#entries.keys();
  readonly #capacity: Count;

  constructor(capacity: Count) {
    this.#capacity = capacity;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** The entry is the latest from now on, also when it was there before. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#capacity) this.#entries.delete(this.#oldest.next().value!);
  }

  /** Whether it was there. */
  delete(key: K): boolean {
    return this.#entries.delete(key);
  }

  /** The oldest first. */
  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#entries.entries();
  }
}
