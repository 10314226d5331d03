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
  /** Places that neither a live nor a deleted entry takes. */
  #room: Count = INITIAL_CAPACITY;
  bytes: Bytes = bytesOf(INITIAL_CAPACITY);

  /** The size after one more key. */
  get bytesAfterAdd(): Bytes {
    return this.#room > 0 ? this.bytes : bytesOf(this.#rebuiltCapacity());
  }

  added(): void {
    if (this.#room === 0) this.#rebuild(this.#rebuiltCapacity());
    this.#room--;
    this.#live++;
  }

  deleted(): void {
    this.#live--;
    if (this.#live < this.#capacity >> 2 && this.#capacity > INITIAL_CAPACITY)
      this.#rebuild(this.#capacity >> 1);
  }

  cleared(): void {
    this.#live = 0;
    this.#rebuild(INITIAL_CAPACITY);
  }

  #rebuiltCapacity(): Count {
    return this.#live <= this.#capacity >> 1 ? this.#capacity : this.#capacity * 2;
  }

  #rebuild(capacity: Count): void {
    this.#capacity = capacity;
    this.#room = capacity - this.#live;
    this.bytes = bytesOf(capacity);
  }
}

function bytesOf(capacity: Count): Bytes {
  return HEADER + capacity * BYTES_PER_PLACE;
}
