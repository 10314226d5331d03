import type { Bytes, Count } from '../units.ts';

/** V8 keeps its objects at addresses of whole words, so a size in between is never the real one. */
const WORD: Bytes = 8;
const LARGEST_UNITS = 0xffff;

/** A size as it is charged: rounded up to whole words. */
export function wholeWords(bytes: Bytes): Bytes {
  const beyond = bytes % WORD;
  return beyond === 0 ? bytes : bytes - beyond + WORD;
}

/** What each entry is charged, in whole words: two bytes a slot, and a `Map` for the few of half a megabyte and more. */
export class PayloadSizes {
  #units = new Uint16Array(0);
  readonly #large = new Map<number, Bytes>();

  readonly bytesPerSlot: Bytes = 2;

  at(slot: number): Bytes {
    const units = this.#units[slot]!;
    return units < LARGEST_UNITS ? units * WORD : this.#large.get(slot)!;
  }

  /** @param bytes Whole words. */
  set(slot: number, bytes: Bytes): void {
    if (this.#units[slot] === LARGEST_UNITS) this.#large.delete(slot);
    if (bytes < LARGEST_UNITS * WORD) this.#units[slot] = bytes / WORD;
    else {
      this.#units[slot] = LARGEST_UNITS;
      this.#large.set(slot, bytes);
    }
  }

  grow(capacity: Count): void {
    const longer = new Uint16Array(capacity);
    longer.set(this.#units);
    this.#units = longer;
  }

  shrink(capacity: Count): void {
    this.#units = this.#units.slice(0, capacity);
  }

  /** The size of one slot becomes that of another; the first is free. */
  move(from: number, to: number): void {
    this.set(to, this.at(from));
    this.set(from, 0);
  }
}
