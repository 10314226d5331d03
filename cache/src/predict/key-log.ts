import type { Bytes, Count } from '../units.ts';

const WAYS = 4;
const LONGEST_KEY: Bytes = 255;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Keys by their hash, in a fixed number of bytes: a circular log of key texts under a hash table. The oldest keys
 * are overwritten; keys of more than 255 bytes, or with half a surrogate pair, are not taken.
 */
export class KeyLog {
  readonly #text: Uint8Array;
  readonly #hashes: Uint32Array;
  /** Where in the endless log a key starts; it is gone once the log has moved on by its own size. */
  readonly #starts: Float64Array;
  readonly #mask: number;
  #end = 1;

  /** @param rows Keys at most; a power of two. */
  constructor(textBytes: Bytes, rows: Count) {
    this.#text = new Uint8Array(textBytes);
    this.#hashes = new Uint32Array(rows);
    this.#starts = new Float64Array(rows);
    this.#mask = rows - 1;
  }

  /** Bytes held, from construction on. */
  get bytes(): Bytes {
    return this.#text.length + this.#hashes.length * 12;
  }

  /** Remembers a key; costs next to nothing when it is there already. */
  add(hash: number, key: string): void {
    const row = this.#rowOf(hash);
    if (this.#hashes[row] === hash && this.#holds(row)) return;
    const size = this.#text.length;
    // Half a surrogate pair would come back as another key.
    if (key.length > LONGEST_KEY || !key.isWellFormed()) return;
    // A key never wraps around the end: what does not fit there starts over.
    if ((this.#end % size) + 1 + LONGEST_KEY > size) this.#end += size - (this.#end % size);
    const at = this.#end % size;
    const { read, written } = encoder.encodeInto(key, this.#text.subarray(at + 1, at + 1 + LONGEST_KEY));
    if (read < key.length) return;
    this.#text[at] = written;
    this.#hashes[row] = hash;
    this.#starts[row] = this.#end;
    this.#end += 1 + written;
  }

  /** The key with that hash, if it is still there. */
  keyOf(hash: number): string | undefined {
    const row = this.#rowOf(hash);
    if (this.#hashes[row] !== hash || !this.#holds(row)) return undefined;
    const at = this.#starts[row]! % this.#text.length;
    return decoder.decode(this.#text.subarray(at + 1, at + 1 + this.#text[at]!));
  }

  /** The row of a hash: its own, else the one of its four that was written longest ago. */
  #rowOf(hash: number): number {
    const from = hash & this.#mask & ~(WAYS - 1);
    let oldest = from;
    for (let row = from; row < from + WAYS; row++) {
      if (this.#hashes[row] === hash) return row;
      if (this.#starts[row]! < this.#starts[oldest]!) oldest = row;
    }
    return oldest;
  }

  #holds(row: number): boolean {
    const start = this.#starts[row]!;
    return start > 0 && this.#end - start <= this.#text.length - 1 - LONGEST_KEY;
  }
}
