import type { Bytes, Count } from '../units.ts';

const INITIAL_CAPACITY: Count = 4;
/** Three words an entry and one word a bucket of two entries. */
const BYTES_PER_PLACE: Bytes = 28;
const HEADER: Bytes = 56;

/**
 * Follows the size of a `Map` whose keys are added and deleted, without asking V8, which does not tell.
 *
 * V8's table doubles when it is full of live and deleted entries, is rebuilt in place when half of them are deleted,
 * and halves when less than a quarter is live (v8/src/objects/ordered-hash-table.cc).
 */
export class MapBytes {
  #capacity: Count = INITIAL_CAPACITY;
  #live: Count = 0;
  #deleted: Count = 0;

  get bytes(): Bytes {
    return HEADER + this.#capacity * BYTES_PER_PLACE;
  }

  /** The size after one more key. */
  get bytesAfterAdd(): Bytes {
    return HEADER + this.#capacityAfterAdd() * BYTES_PER_PLACE;
  }

  added(): void {
    const capacity = this.#capacityAfterAdd();
    if (this.#live + this.#deleted >= this.#capacity) this.#deleted = 0;
    this.#capacity = capacity;
    this.#live++;
  }

  deleted(): void {
    this.#live--;
    this.#deleted++;
    if (this.#live >= this.#capacity >> 2 || this.#capacity <= INITIAL_CAPACITY) return;
    this.#capacity >>= 1;
    this.#deleted = 0;
  }

  cleared(): void {
    this.#capacity = INITIAL_CAPACITY;
    this.#live = 0;
    this.#deleted = 0;
  }

  #capacityAfterAdd(): Count {
    if (this.#live + this.#deleted < this.#capacity) return this.#capacity;
    return this.#deleted >= this.#capacity >> 1 ? this.#capacity : this.#capacity * 2;
  }
}
