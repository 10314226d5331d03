import type { Count, Millis } from '../units.ts';

/**
 * When each address last changed, as far as this process wrote to it. An answer asked for before that moment is
 * not served, also when it arrives after it. Bounded: past the bound the oldest notes become one note for every
 * address, which costs hits and never serves an old answer.
 */
export class Invalidations {
  readonly #changedAt = new Map<string, Millis>();
  readonly #maxNotes: Count;
  #allBefore: Millis = Number.NEGATIVE_INFINITY;

  constructor(maxNotes: Count = 10_000) {
    this.#maxNotes = maxNotes;
  }

  note(address: string, atMs: Millis): void {
    this.#changedAt.delete(address);
    this.#changedAt.set(address, atMs);
    if (this.#changedAt.size <= this.#maxNotes) return;
    const [oldest, oldestMs] = this.#changedAt.entries().next().value!;
    this.#changedAt.delete(oldest);
    this.#allBefore = Math.max(this.#allBefore, oldestMs);
  }

  noteAll(atMs: Millis): void {
    this.#changedAt.clear();
    this.#allBefore = atMs;
  }

  /** Whether an answer that was asked for at this time may be served. */
  allows(address: string, requestedAtMs: Millis): boolean {
    if (requestedAtMs <= this.#allBefore) return false;
    const changedMs = this.#changedAt.get(address);
    return changedMs === undefined || requestedAtMs > changedMs;
  }
}
