import { LinkedLists, NOWHERE } from './linked-lists.ts';
import type { SimulatedCache } from './policy.ts';

const [SMALL, MAIN, GHOST] = [1, 2, 3] as const;
const SMALL_SHARE = 0.1;

/** Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023; two hits move an entry to main. */
export class S3Fifo implements SimulatedCache {
  readonly #entries: number;
  readonly #smallTarget: number;
  readonly #moveToMain: number;
  readonly #lists: LinkedLists;
  readonly #uses: Uint8Array;

  constructor(entries: number, distinctKeys: number, moveToMain = 2) {
    this.#entries = entries;
    this.#smallTarget = Math.max(1, Math.floor(entries * SMALL_SHARE));
    this.#moveToMain = moveToMain;
    this.#lists = new LinkedLists(distinctKeys, 3);
    this.#uses = new Uint8Array(distinctKeys);
  }

  access(key: number): boolean {
    const where = this.#lists.listOf(key);
    if (where === SMALL || where === MAIN) {
      this.#uses[key] = Math.min(3, (this.#uses[key] as number) + 1);
      return true;
    }
    const remembered = where === GHOST;
    if (remembered) this.#lists.move(key, NOWHERE);
    while (this.#lists.size(SMALL) + this.#lists.size(MAIN) >= this.#entries) this.#evict();
    this.#uses[key] = 0;
    this.#lists.move(key, remembered ? MAIN : SMALL);
    return false;
  }

  #evict(): void {
    if (this.#lists.size(SMALL) >= this.#smallTarget || this.#lists.size(MAIN) === 0) this.#evictSmall();
    else this.#evictMain();
  }

  #evictSmall(): void {
    while (this.#lists.size(SMALL) > 0) {
      const key = this.#lists.last(SMALL);
      if ((this.#uses[key] as number) >= this.#moveToMain) {
        this.#uses[key] = 0;
        this.#lists.move(key, MAIN);
        if (this.#lists.size(MAIN) <= this.#entries - this.#smallTarget) continue;
        this.#evictMain();
        return;
      } else {
        this.#lists.move(key, GHOST);
        if (this.#lists.size(GHOST) > this.#entries - this.#smallTarget)
          this.#lists.move(this.#lists.last(GHOST), NOWHERE);
        return;
      }
    }
  }

  #evictMain(): void {
    for (;;) {
      const key = this.#lists.last(MAIN);
      const uses = this.#uses[key] as number;
      if (uses === 0) {
        this.#lists.move(key, NOWHERE);
        return;
      }
      this.#uses[key] = uses - 1;
      this.#lists.move(key, MAIN);
    }
  }
}
