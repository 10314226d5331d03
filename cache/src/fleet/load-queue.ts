import type { Count, Millis } from '../units.ts';

/** Keys waiting; beyond, new ones are turned away. */
const MAX_WAITING: Count = 50_000;

/** A load began, none was needed, or it is not the time for more: the key and all behind it wait. */
export type LoadStep = 'started' | 'needless' | 'not-now';

interface Waiting {
  readonly key: string;
  readonly from: string;
  readonly dueMs: Millis;
}

/** Keys to load, in order, not before they are due and at a bounded rate. */
export class LoadQueue {
  #waiting: Waiting[] = [];
  #head = 0;
  #allowance = 0;
  #tickMs = Number.NaN;
  #perSecond = Number.NaN;

  get length(): Count {
    return this.#waiting.length - this.#head;
  }

  /** When the next key is due and the rate of the last `drain` allows it; never (infinity) while none waits. */
  get dueMs(): Millis {
    const next = this.#waiting[this.#head];
    if (next === undefined) return Number.POSITIVE_INFINITY;
    if (Number.isNaN(this.#tickMs) || this.#allowance >= 1) return next.dueMs;
    return Math.max(next.dueMs, this.#tickMs + (1000 * (1 - this.#allowance)) / this.#perSecond);
  }

  push(key: string, from: string, dueMs: Millis): void {
    if (this.length < MAX_WAITING) this.#waiting.push({ key, from, dueMs });
  }

  /** Lets go of what should have been loaded before then. */
  forgetBefore(dueMs: Millis): void {
    while (this.#head < this.#waiting.length && this.#waiting[this.#head]!.dueMs < dueMs) this.#head++;
    this.#compact();
  }

  /** Loads what is due, `perSecond` at most on average. */
  drain(nowMs: Millis, perSecond: number, load: (key: string, from: string) => LoadStep): void {
    const elapsedMs = Number.isNaN(this.#tickMs) ? 0 : nowMs - this.#tickMs;
    this.#tickMs = nowMs;
    this.#perSecond = perSecond;
    this.#allowance = Math.min(perSecond, this.#allowance + (elapsedMs / 1000) * perSecond);
    while (this.#allowance >= 1 && this.#head < this.#waiting.length) {
      const next = this.#waiting[this.#head]!;
      if (next.dueMs > nowMs) break;
      const step = load(next.key, next.from);
      if (step === 'not-now') break;
      this.#head++;
      if (step === 'started') this.#allowance--;
    }
    this.#compact();
  }

  #compact(): void {
    if (this.#head <= 1000 || this.#head <= this.#waiting.length / 2) return;
    this.#waiting = this.#waiting.slice(this.#head);
    this.#head = 0;
  }
}
