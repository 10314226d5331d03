import type { Count, Millis, Ratio } from '../units.ts';

/** Says everything again, since messages may be lost. */
export interface Repeats {
  times(): Count;
  /** Mean wait before each repeat; drawn from half to one and a half of it. */
  readonly afterMs: Millis;
  /** Draws from 0 (included) to 1 (excluded). */
  rng(): Ratio;
}

/** Each item with how often it is still to be said again. */
type Items<T> = Map<T, Count>;

/** Collects what goes to one place, and hands it over after a while or when there is enough. */
export class Outbox<T> {
  readonly #batches = new Map<string, { readonly sinceMs: Millis; readonly items: Items<T> }>();
  readonly #again = new Set<{ readonly to: string; readonly dueMs: Millis; readonly items: Items<T> }>();
  readonly #waitMs: Millis;
  readonly #enough: Count;
  readonly #repeats: Repeats | undefined;
  #hasEnough = false;

  constructor(waitMs: Millis, enough: Count, repeats?: Repeats) {
    this.#waitMs = waitMs;
    this.#enough = enough;
    this.#repeats = repeats;
  }

  put(to: string, item: T, nowMs: Millis): void {
    const items = this.#batchFor(to, nowMs).set(item, this.#repeats?.times() ?? 0);
    this.#hasEnough ||= items.size >= this.#enough;
  }

  /** When something is to be handed over or said again; never (infinity) while nothing waits. */
  get dueMs(): Millis {
    if (this.#hasEnough) return Number.NEGATIVE_INFINITY;
    // Batches are in order of time and all wait as long.
    let dueMs = Number.POSITIVE_INFINITY;
    for (const { sinceMs } of this.#batches.values()) {
      dueMs = sinceMs + this.#waitMs;
      break;
    }
    for (const again of this.#again) dueMs = Math.min(dueMs, again.dueMs);
    return dueMs;
  }

  /** Hands over every batch that is old or large enough. Says nothing again that `stillTrue` denies. */
  flush(
    nowMs: Millis,
    send: (to: string, items: T[]) => void,
    stillTrue: (item: T) => boolean = () => true,
  ): void {
    for (const due of this.#again) {
      if (nowMs < due.dueMs) continue;
      this.#again.delete(due);
      for (const [item, left] of due.items)
        if (stillTrue(item)) this.#batchFor(due.to, nowMs).set(item, left);
    }
    this.#hasEnough = false;
    for (const [to, { sinceMs, items }] of this.#batches) {
      if (nowMs - sinceMs < this.#waitMs && items.size < this.#enough) continue;
      this.#batches.delete(to);
      send(to, [...items.keys()]);
      this.#repeatLater(to, items, nowMs);
    }
  }

  #batchFor(to: string, nowMs: Millis): Items<T> {
    let batch = this.#batches.get(to);
    if (batch === undefined) {
      batch = { sinceMs: nowMs, items: new Map() };
      this.#batches.set(to, batch);
    }
    return batch.items;
  }

  #repeatLater(to: string, said: Items<T>, nowMs: Millis): void {
    if (this.#repeats === undefined) return;
    const items: Items<T> = new Map();
    for (const [item, left] of said) if (left > 0) items.set(item, left - 1);
    const { afterMs, rng } = this.#repeats;
    if (items.size > 0) this.#again.add({ to, dueMs: nowMs + afterMs * (0.5 + rng()), items });
  }
}
