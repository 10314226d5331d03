import type { Millis } from '../units.ts';

/** Collects what goes to one place, and hands it over after a while or when there is enough. */
export class Outbox<T> {
  readonly #items = new Map<string, { readonly sinceMs: Millis; readonly items: Set<T> }>();
  readonly #waitMs: Millis;
  readonly #enough: number;

  constructor(waitMs: Millis, enough: number) {
    this.#waitMs = waitMs;
    this.#enough = enough;
  }

  put(to: string, item: T, nowMs: Millis): void {
    const held = this.#items.get(to);
    if (held !== undefined) held.items.add(item);
    else this.#items.set(to, { sinceMs: nowMs, items: new Set([item]) });
  }

  /** Hands over every batch that is old or large enough. */
  flush(nowMs: Millis, send: (to: string, items: T[]) => void): void {
    for (const [to, { sinceMs, items }] of this.#items) {
      if (nowMs - sinceMs < this.#waitMs && items.size < this.#enough) continue;
      this.#items.delete(to);
      send(to, [...items]);
    }
  }
}
