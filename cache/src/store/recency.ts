import type { EvictionPolicy } from './eviction/policy.ts';

/** Least recently used, as a doubly linked list in typed arrays. */
export class RecencyPolicy implements EvictionPolicy {
  #next = new Uint32Array(1);
  #previous = new Uint32Array(1);
  #linked = new Uint8Array(1);

  // Position 0 is the list's head; slot s sits at s + 1.
  grow(capacity: number): void {
    const next = new Uint32Array(capacity + 1);
    const previous = new Uint32Array(capacity + 1);
    const linked = new Uint8Array(capacity + 1);
    next.set(this.#next);
    previous.set(this.#previous);
    linked.set(this.#linked);
    this.#next = next;
    this.#previous = previous;
    this.#linked = linked;
  }

  onHit(slot: number): void {
    const at = slot + 1;
    if (this.#next[0] === at) return;
    this.#unlink(at);
    this.#linkFirst(at);
  }

  onMiss(): void {}

  onInsert(slot: number): void {
    this.#linked[slot + 1] = 1;
    this.#linkFirst(slot + 1);
  }

  onRemove(slot: number): void {
    this.#unlink(slot + 1);
    this.#linked[slot + 1] = 0;
  }

  evict(): number {
    const slot = this.#previous[0]! - 1;
    this.onRemove(slot);
    return slot;
  }

  #linkFirst(at: number): void {
    const first = this.#next[0]!;
    this.#next[at] = first;
    this.#previous[at] = 0;
    this.#previous[first] = at;
    this.#next[0] = at;
  }

  #unlink(at: number): void {
    const next = this.#next[at]!;
    const previous = this.#previous[at]!;
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }
}
