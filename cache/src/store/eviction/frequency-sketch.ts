const LARGEST = 15;
const COUNTERS_PER_ENTRY = 8;
const ADDITIONS_PER_ENTRY = 16;

/**
 * How often a key was read lately, for keys held and keys gone: count-min with four 4-bit counters a key, two to a
 * byte, halved after 16 additions an entry [1]. Never counts too low, except after halving.
 *
 * 4 to 8 bytes an entry. `add` and `estimate` touch four bytes; halving is amortised over the additions.
 *
 * [1] Einziger, Friedman, Manes: TinyLFU, ACM ToS 13(4), 2017.
 */
export class FrequencySketch {
  #counters = new Uint8Array(0);
  #mask = 0;
  #additions = 0;
  #sample = 0;

  get tableBytes(): number {
    return this.#counters.length;
  }

  /** Makes the sketch fit so many entries; a larger one starts with the counts it had. */
  resize(entries: number): void {
    this.setSample(entries);
    const size = 2 ** Math.ceil(Math.log2(Math.max(16, entries) * COUNTERS_PER_ENTRY));
    const bytes = size / 2;
    if (bytes <= this.#counters.length) return;
    const grown = new Uint8Array(bytes);
    // A counter's place is the low bits of a hash, so copies of the old table serve the keys that now map to them.
    if (this.#counters.length > 0) {
      for (let at = 0; at < bytes; at += this.#counters.length) grown.set(this.#counters, at);
    }
    this.#counters = grown;
    this.#mask = size - 1;
  }

  /** Counts halve once so many entries have been counted 16 times over. */
  setSample(entries: number): void {
    this.#sample = entries * ADDITIONS_PER_ENTRY;
  }

  /** Counts `times` reads of the key. */
  add(hash: number, times: number): void {
    if (times === 0) return;
    const step = stepOf(hash);
    let at = hash;
    for (let row = 0; row < 4; row++) {
      const counter = at & this.#mask;
      const shift = (counter & 1) << 2;
      const byte = this.#counters[counter >> 1] as number;
      const count = Math.min(LARGEST, ((byte >> shift) & LARGEST) + times);
      this.#counters[counter >> 1] = (byte & ~(LARGEST << shift)) | (count << shift);
      at = (at + step) | 0;
    }
    this.#additions += times;
    if (this.#additions >= this.#sample) this.#halve();
  }

  /** Reads of the key counted lately, 0 to 15. */
  estimate(hash: number): number {
    const step = stepOf(hash);
    let at = hash;
    let least = LARGEST;
    for (let row = 0; row < 4; row++) {
      const counter = at & this.#mask;
      const count = ((this.#counters[counter >> 1] as number) >> ((counter & 1) << 2)) & LARGEST;
      if (count < least) least = count;
      at = (at + step) | 0;
    }
    return least;
  }

  #halve(): void {
    const counters = this.#counters;
    for (let at = 0; at < counters.length; at++) counters[at] = ((counters[at] as number) >> 1) & 0x77;
    this.#additions >>= 1;
  }
}

function stepOf(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 15)) | 1;
}
