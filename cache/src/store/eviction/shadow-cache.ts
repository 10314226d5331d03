import { SegmentedQueue } from './segmented-queue.ts';
import type { Tuning } from './tuning.ts';

const FREE = -1;

/** A cache of hashes only, that shows what one tuning would have hit on the keys it is shown. */
export class ShadowCache {
  readonly #queue: SegmentedQueue;
  #entries = 0;
  #slots = new Int32Array(2).fill(FREE);
  #hashes = new Int32Array(0);
  #freeSlots = new Int32Array(0);
  #freeCount = 0;

  constructor(tuning: Tuning) {
    this.#queue = new SegmentedQueue(tuning);
  }

  /** Sets how many entries it holds; a larger one keeps what it has, a smaller one gives up the rest. */
  resize(entries: number): void {
    while (this.#queue.size > entries) this.#evict();
    this.#entries = entries;
    const before = this.#hashes.length;
    if (entries <= before) return;
    const capacity = Math.max(entries, 16, Math.ceil(before * 1.5));
    this.#queue.grow(capacity);
    const hashes = new Int32Array(capacity);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    const freeSlots = new Int32Array(capacity);
    freeSlots.set(this.#freeSlots);
    this.#freeSlots = freeSlots;
    const held = this.#slots.filter((slot) => slot !== FREE);
    for (let slot = capacity - 1; slot >= before; slot--) this.#freeSlots[this.#freeCount++] = slot;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(capacity * 2))).fill(FREE);
    for (const slot of held) this.#slots[this.#find(this.#hashes[slot] as number)] = slot;
  }

  /** Reads the key, filling it on a miss; true on a hit. */
  access(hash: number): boolean {
    const at = this.#find(hash);
    const slot = this.#slots[at] as number;
    if (slot === FREE) {
      this.#fill(hash);
      return false;
    }
    this.#queue.hit(slot);
    return true;
  }

  /** Stores the key unless it is held; not a read. */
  store(hash: number): void {
    if (this.#slots[this.#find(hash)] === FREE) this.#fill(hash);
  }

  remove(hash: number): void {
    const at = this.#find(hash);
    const slot = this.#slots[at] as number;
    if (slot === FREE) return;
    this.#queue.remove(slot);
    this.#release(at, slot);
  }

  #fill(hash: number): void {
    if (this.#queue.size >= this.#entries) this.#evict();
    const slot = this.#freeSlots[--this.#freeCount] as number;
    this.#hashes[slot] = hash;
    this.#slots[this.#find(hash)] = slot;
    this.#queue.insert(slot, hash);
  }

  #evict(): void {
    const slot = this.#queue.evict();
    this.#release(this.#find(this.#hashes[slot] as number), slot);
  }

  // Linear probing without tombstones: what stood behind the hole moves up.
  #release(at: number, slot: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    this.#freeSlots[this.#freeCount++] = slot;
    let hole = at;
    for (let next = (hole + 1) & mask; slots[next] !== FREE; next = (next + 1) & mask) {
      const home = (this.#hashes[slots[next] as number] as number) & mask;
      if (((next - home) & mask) >= ((next - hole) & mask)) {
        slots[hole] = slots[next] as number;
        hole = next;
      }
    }
    slots[hole] = FREE;
  }

  /** Where the key's slot number is, or would be. */
  #find(hash: number): number {
    const wanted = hash | 0;
    const mask = this.#slots.length - 1;
    let at = wanted & mask;
    for (let slot = this.#slots[at] as number; slot !== FREE; slot = this.#slots[at] as number) {
      if (this.#hashes[slot] === wanted) break;
      at = (at + 1) & mask;
    }
    return at;
  }
}
