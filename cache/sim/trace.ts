/** A sequence of reads. Keys are numbered 0 … distinctKeys − 1 in the order they first appear. */
export interface Trace {
  readonly name: string;
  readonly keys: Int32Array;
  readonly distinctKeys: number;
  /** The size each read asks for, in bytes; absent where the trace says nothing about sizes. */
  readonly sizesBytes?: Uint32Array;
}

/** Numbers keys by first appearance and collects reads into a trace. */
export class TraceBuilder {
  #keys = new Int32Array(1 << 16);
  #sizes: Uint32Array | undefined;
  #length = 0;
  readonly #index = new KeyIndex();
  readonly #words = new Map<string, number>();

  addNumber(high: number, low: number): void {
    this.#push(this.#index.idOf(high, low));
  }

  addInteger(key: number): void {
    this.#push(this.#index.idOf(Math.floor(key / 4_294_967_296), key >>> 0));
  }

  addWord(key: string): void {
    let id = this.#words.get(key);
    if (id === undefined) {
      id = this.#words.size;
      this.#words.set(key, id);
    }
    this.#push(id);
  }

  /** Says what the read added last asks for, in bytes. */
  sizeOfLast(sizeBytes: number): void {
    this.#sizes ??= new Uint32Array(this.#keys.length).fill(1);
    this.#sizes[this.#length - 1] = Math.max(1, Math.min(sizeBytes, 4_294_967_295));
  }

  finish(name: string): Trace {
    const keys = this.#keys.slice(0, this.#length);
    const distinctKeys = Math.max(this.#index.size, this.#words.size);
    const sizes = this.#sizes;
    return sizes === undefined
      ? { name, keys, distinctKeys }
      : { name, keys, distinctKeys, sizesBytes: sizes.slice(0, this.#length) };
  }

  #push(id: number): void {
    if (this.#length === this.#keys.length) {
      this.#keys = doubled(this.#keys);
      if (this.#sizes !== undefined) {
        const sizes = new Uint32Array(this.#keys.length).fill(1);
        sizes.set(this.#sizes);
        this.#sizes = sizes;
      }
    }
    this.#keys[this.#length++] = id;
  }
}

/** Maps 64-bit keys to 0, 1, 2 … by linear probing; a `Map` of big integers is ten times slower. */
class KeyIndex {
  size = 0;
  #high = new Int32Array(1 << 16);
  #low = new Int32Array(1 << 16);
  #slots = new Int32Array(1 << 17).fill(-1);

  idOf(high: number, low: number): number {
    const h = high | 0;
    const l = low | 0;
    const mask = this.#slots.length - 1;
    let at = spread(h, l) & mask;
    for (;;) {
      const id = this.#slots[at] as number;
      if (id < 0) break;
      if (this.#low[id] === l && this.#high[id] === h) return id;
      at = (at + 1) & mask;
    }
    const id = this.size++;
    if (id === this.#high.length) {
      this.#high = doubled(this.#high);
      this.#low = doubled(this.#low);
    }
    this.#high[id] = h;
    this.#low[id] = l;
    this.#slots[at] = id;
    if (this.size * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.size; id++) {
      let at = spread(this.#high[id] as number, this.#low[id] as number) & mask;
      while ((slots[at] as number) >= 0) at = (at + 1) & mask;
      slots[at] = id;
    }
    this.#slots = slots;
  }
}

function spread(high: number, low: number): number {
  let h = Math.imul(low ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1);
  h ^= h >>> 15;
  return Math.imul(h, 0xc2b2ae35) ^ (h >>> 13);
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}
