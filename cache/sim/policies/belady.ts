import type { Trace } from '../trace.ts';
import type { SimulatedCache } from './policy.ts';

/**
 * The optimum for entries of one size: gives up the entry read again latest (Belady, IBM Systems Journal 1966).
 * Reads must be passed in the trace's own order. A fill may itself be the entry given up.
 */
export class Belady implements SimulatedCache {
  readonly #entries: number;
  readonly #nextRead: Uint32Array;
  readonly #heldUntil: Uint32Array;
  // A max-heap over the next read; reads are distinct, so a next read names its entry.
  readonly #heap: Uint32Array;
  #heapSize = 0;
  #size = 0;
  #now = 0;

  constructor(entries: number, trace: Trace) {
    const reads = trace.keys.length;
    this.#entries = entries;
    this.#nextRead = new Uint32Array(reads);
    this.#heldUntil = new Uint32Array(reads + trace.distinctKeys + 1);
    this.#heap = new Uint32Array(reads + 1);
    // A key never read again gets a time of its own after the end, so that all times stay distinct.
    const upcoming = new Uint32Array(trace.distinctKeys);
    for (let key = 0; key < trace.distinctKeys; key++) upcoming[key] = reads + key;
    for (let at = reads - 1; at >= 0; at--) {
      const key = trace.keys[at] as number;
      this.#nextRead[at] = upcoming[key] as number;
      upcoming[key] = at;
    }
  }

  access(_key: number): boolean {
    const now = this.#now++;
    const next = this.#nextRead[now] as number;
    const hit = this.#heldUntil[now] === 1;
    this.#heldUntil[next] = 1;
    this.#push(next);
    if (!hit && ++this.#size > this.#entries) {
      this.#heldUntil[this.#popLatest()] = 0;
      this.#size--;
    }
    return hit;
  }

  // Next reads already past stay in the heap, but below every live one.
  #popLatest(): number {
    const heap = this.#heap;
    const top = heap[0] as number;
    const moved = heap[--this.#heapSize] as number;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#heapSize) break;
      if (child + 1 < this.#heapSize && (heap[child + 1] as number) > (heap[child] as number)) child++;
      if ((heap[child] as number) <= moved) break;
      heap[at] = heap[child] as number;
      at = child;
    }
    heap[at] = moved;
    return top;
  }

  #push(value: number): void {
    const heap = this.#heap;
    let at = this.#heapSize++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if ((heap[parent] as number) >= value) break;
      heap[at] = heap[parent] as number;
      at = parent;
    }
    heap[at] = value;
  }
}
