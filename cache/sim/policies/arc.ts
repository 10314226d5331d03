import { LinkedLists, NOWHERE } from './linked-lists.ts';
import type { SimulatedCache } from './policy.ts';

const [T1, T2, B1, B2] = [1, 2, 3, 4] as const;

/** Megiddo & Modha, "ARC: A Self-Tuning, Low Overhead Replacement Cache", FAST 2003, figure 4. */
export class Arc implements SimulatedCache {
  readonly #entries: number;
  readonly #lists: LinkedLists;
  #target = 0;

  constructor(entries: number, distinctKeys: number) {
    this.#entries = entries;
    this.#lists = new LinkedLists(distinctKeys, 4);
  }

  access(key: number): boolean {
    const c = this.#entries;
    const where = this.#lists.listOf(key);
    if (where === T1 || where === T2) {
      this.#lists.move(key, T2);
      return true;
    }
    if (where === B1) {
      this.#target = Math.min(c, this.#target + Math.max(1, this.#lists.size(B2) / this.#lists.size(B1)));
      this.#replace(false);
      this.#lists.move(key, T2);
      return false;
    }
    if (where === B2) {
      this.#target = Math.max(0, this.#target - Math.max(1, this.#lists.size(B1) / this.#lists.size(B2)));
      this.#replace(true);
      this.#lists.move(key, T2);
      return false;
    }
    const l1 = this.#lists.size(T1) + this.#lists.size(B1);
    if (l1 === c) {
      if (this.#lists.size(T1) < c) {
        this.#lists.move(this.#lists.last(B1), NOWHERE);
        this.#replace(false);
      } else {
        this.#lists.move(this.#lists.last(T1), NOWHERE);
      }
    } else {
      const all = l1 + this.#lists.size(T2) + this.#lists.size(B2);
      if (all >= c) {
        if (all === 2 * c) this.#lists.move(this.#lists.last(B2), NOWHERE);
        this.#replace(false);
      }
    }
    this.#lists.move(key, T1);
    return false;
  }

  #replace(inB2: boolean): void {
    const t1 = this.#lists.size(T1);
    if (t1 > 0 && (t1 > this.#target || (inB2 && t1 === Math.floor(this.#target)))) {
      this.#lists.move(this.#lists.last(T1), B1);
    } else if (this.#lists.size(T2) > 0) {
      this.#lists.move(this.#lists.last(T2), B2);
    } else {
      this.#lists.move(this.#lists.last(T1), B1);
    }
  }
}
