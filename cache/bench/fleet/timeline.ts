import type { Millis } from '../../src/units.ts';

/** Virtual time: what is to happen when. Things due at one time happen in the order they were put in. */
export class Timeline {
  nowMs: Millis = 0;
  readonly #heap: { readonly atMs: Millis; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;

  after(delayMs: Millis, run: () => void): void {
    const item = { atMs: this.nowMs + delayMs, order: this.#order++, run };
    const heap = this.#heap;
    let at = heap.push(item) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(item, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = item;
  }

  /** Lets everything happen that is due by then. */
  runUntil(untilMs: Millis): void {
    while (this.#heap.length > 0 && this.#heap[0]!.atMs <= untilMs) {
      const next = this.#pop();
      this.nowMs = next.atMs;
      next.run();
    }
    this.nowMs = untilMs;
  }

  #pop() {
    const heap = this.#heap;
    const first = heap[0]!;
    const item = heap.pop()!;
    if (heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, item)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = item;
    return first;
  }
}

function before(a: { atMs: Millis; order: number }, b: { atMs: Millis; order: number }): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
