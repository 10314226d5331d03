import type { Count } from '../../src/units.ts';

/** An LRU cache of numbered keys without values: what fifty pods of a simulation can afford. Not the library's store. */
export class LightCache {
  readonly #capacity: Count;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;
  /** 0 absent, 1 held, 2 held and not yet read since the fleet loaded it. */
  readonly #state: Uint8Array;
  readonly #reads: Uint32Array;
  readonly #end: number;
  size = 0;

  constructor(capacity: Count, keys: Count) {
    this.#capacity = capacity;
    this.#end = keys;
    this.#next = new Int32Array(keys + 1);
    this.#previous = new Int32Array(keys + 1);
    this.#state = new Uint8Array(keys + 1);
    this.#reads = new Uint32Array(keys + 1);
    this.#next[this.#end] = this.#end;
    this.#previous[this.#end] = this.#end;
  }

  holds(id: number): boolean {
    return this.#state[id] !== 0;
  }

  /** A read: whether it hit, and whether it was the first of a loaded key. */
  read(id: number): 'miss' | 'hit' | 'first-hit' {
    const state = this.#state[id];
    this.#reads[id]!++;
    if (state === 0) return 'miss';
    this.#unlink(id);
    this.#linkAfter(this.#end, id);
    this.#state[id] = 1;
    return state === 2 ? 'first-hit' : 'hit';
  }

  /** Takes a key in: `recent` in front of all others, `coldest` behind them. */
  insert(id: number, place: 'recent' | 'coldest', loaded: 'read' | 'ahead'): void {
    if (this.#state[id] !== 0) return;
    if (this.size === this.#capacity) {
      const victim = this.#previous[this.#end]!;
      this.#unlink(victim);
      this.#state[victim] = 0;
      this.size--;
    }
    this.#linkAfter(place === 'recent' ? this.#end : this.#previous[this.#end]!, id);
    this.#state[id] = loaded === 'ahead' ? 2 : 1;
    this.size++;
  }

  /** Held keys, the most read first. */
  hottest(max: Count): number[] {
    const ids: number[] = [];
    for (let id = this.#next[this.#end]!; id !== this.#end; id = this.#next[id]!) ids.push(id);
    return ids.sort((a, b) => this.#reads[b]! - this.#reads[a]!).slice(0, max);
  }

  #linkAfter(at: number, id: number): void {
    const next = this.#next[at]!;
    this.#next[at] = id;
    this.#previous[id] = at;
    this.#next[id] = next;
    this.#previous[next] = id;
  }

  #unlink(id: number): void {
    this.#next[this.#previous[id]!] = this.#next[id]!;
    this.#previous[this.#next[id]!] = this.#previous[id]!;
  }
}
