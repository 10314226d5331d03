import { SegmentedQueue } from './segmented-queue.ts';
import type { Tuning } from './tuning.ts';

const FREE = -1;
const FEWEST_SLOTS = 64;
/** Hash, holders, place in the list of free slots, two places of the index. */
const BYTES_PER_SLOT = 4 + 2 + 4 + 8;

/**
 * Caches of hashes only, one for each tuning, that show what each would have hit on the same keys.
 * They share one index: a key has one slot, and a bit for each cache that holds it.
 */
export class ShadowCaches {
  readonly #queues: readonly SegmentedQueue[];
  #entries = 0;
  #index = new Int32Array(2 * FEWEST_SLOTS).fill(FREE);
  #hashes = new Int32Array(0);
  #holders = new Uint16Array(0);
  #freeSlots = new Int32Array(0);
  #freeCount = 0;

  /** What the index and the queues take. */
  tableBytes = 0;

  constructor(tunings: readonly Tuning[]) {
    this.#queues = tunings.map((tuning) => new SegmentedQueue(tuning, 'fixed'));
  }

  /** Sets how many entries each holds; larger ones keep what they have, smaller ones give up the rest. */
  resize(entries: number): void {
    this.#entries = Math.max(1, entries);
    this.#queues.forEach((queue, at) => {
      queue.grow(this.#hashes.length, this.#entries);
      while (queue.size > this.#entries) this.#evict(queue, 1 << at);
    });
    this.#sumBytes();
  }

  /** Reads the key in every cache, filling it where it is missed; a bit for each cache that hit. */
  access(hash: number): number {
    const slot = this.#slotOf(hash);
    const held = this.#holders[slot] as number;
    for (let at = 0; at < this.#queues.length; at++) {
      const queue = this.#queues[at] as SegmentedQueue;
      if ((held & (1 << at)) !== 0) {
        queue.hit(slot);
        continue;
      }
      if (queue.size >= this.#entries) this.#evict(queue, 1 << at);
      queue.insert(slot, hash);
    }
    this.#holders[slot] = (1 << this.#queues.length) - 1;
    return held;
  }

  /** Makes this cache like one of the shadows, as far as it holds the same keys. */
  handOver(shadow: number, to: SegmentedQueue): void {
    const slots = new Int32Array(this.#hashes.length).fill(FREE);
    to.forEach((hash, _reads, slotThere) => {
      const slot = this.#index[this.#find(hash)] as number;
      if (slot !== FREE) slots[slot] = slotThere;
    });
    to.takeAfter(this.#queues[shadow] as SegmentedQueue, slots);
  }

  remove(hash: number): void {
    const at = this.#find(hash);
    const slot = this.#index[at] as number;
    if (slot === FREE) return;
    const held = this.#holders[slot] as number;
    this.#queues.forEach((queue, bit) => {
      if ((held & (1 << bit)) !== 0) queue.remove(slot);
    });
    this.#release(at, slot);
  }

  #evict(queue: SegmentedQueue, bit: number): void {
    const slot = queue.evict();
    const held = (this.#holders[slot] as number) & ~bit;
    this.#holders[slot] = held;
    if (held === 0) this.#release(this.#find(this.#hashes[slot] as number), slot);
  }

  #slotOf(hash: number): number {
    const at = this.#find(hash);
    const known = this.#index[at] as number;
    if (known !== FREE) return known;
    if (this.#freeCount === 0) {
      this.#grow();
      return this.#slotOf(hash);
    }
    const slot = this.#freeSlots[--this.#freeCount] as number;
    this.#hashes[slot] = hash;
    this.#index[at] = slot;
    return slot;
  }

  #grow(): void {
    const before = this.#hashes.length;
    const capacity = Math.max(FEWEST_SLOTS, before * 2);
    for (const queue of this.#queues) queue.grow(capacity, this.#entries);
    const hashes = new Int32Array(capacity);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#sumBytes();
    const holders = new Uint16Array(capacity);
    holders.set(this.#holders);
    this.#holders = holders;
    this.#freeSlots = new Int32Array(capacity);
    for (let slot = capacity - 1; slot >= before; slot--) this.#freeSlots[this.#freeCount++] = slot;
    this.#index = new Int32Array(capacity * 2).fill(FREE);
    for (let slot = 0; slot < before; slot++) this.#index[this.#find(this.#hashes[slot] as number)] = slot;
  }

  // Kept as a number: the budget asks at every fill.
  #sumBytes(): void {
    this.tableBytes = this.#queues.reduce((sum, queue) => sum + queue.tableBytes, 0);
    this.tableBytes += this.#hashes.length * BYTES_PER_SLOT;
  }

  // Linear probing without tombstones: what stood behind the hole moves up.
  #release(at: number, slot: number): void {
    const index = this.#index;
    const mask = index.length - 1;
    this.#holders[slot] = 0;
    this.#freeSlots[this.#freeCount++] = slot;
    let hole = at;
    for (let next = (hole + 1) & mask; index[next] !== FREE; next = (next + 1) & mask) {
      const home = (this.#hashes[index[next] as number] as number) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      index[hole] = index[next] as number;
      hole = next;
    }
    index[hole] = FREE;
  }

  /** Where the key's slot number stands in the index, or would. */
  #find(hash: number): number {
    const mask = this.#index.length - 1;
    let at = hash & mask;
    for (let slot = this.#index[at] as number; slot !== FREE; slot = this.#index[at] as number) {
      if (this.#hashes[slot] === hash) break;
      at = (at + 1) & mask;
    }
    return at;
  }
}
