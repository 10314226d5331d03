const LARGEST = 15;
const COUNTERS_PER_ENTRY = 8;
const ADDITIONS_PER_ENTRY = 16;
/** A cache line: a key's four counters share one. */
const BLOCK_BYTES = 64;
const ROW_BYTES = BLOCK_BYTES / 4;

/**
 * How often a key was read lately, for keys held and keys gone: count-min with four 4-bit counters a key, two to a
 * byte, halved after 16 additions an entry [1]. Never counts too low, except after halving. The four counters of a key
 * lie in one cache line, a row each [2].
 *
 * 4 bytes an entry. `add` and `estimate` touch one line; halving is amortised over the additions.
 *
 * [1] Einziger, Friedman, Manes: TinyLFU, ACM ToS 13(4), 2017.
 * [2] Putze, Sanders, Singler: Cache-, hash- and space-efficient Bloom filters, JEA 14, 2009.
 */
export class FrequencySketch {
  #counters = new Uint8Array(0);
  #blocks = 0;
  #additions = 0;
  #sample = 0;

  get tableBytes(): number {
    return this.#counters.length;
  }

  /** Makes the sketch fit so many entries. */
  resize(entries: number): void {
    this.setSample(entries);
    const blocks = blocksFor(entries);
    if (blocks > this.#blocks) this.#useBlocks(blocks);
  }

  /** Makes the sketch as small as so many entries need. */
  shrink(entries: number): void {
    this.setSample(entries);
    this.#useBlocks(blocksFor(entries));
  }

  /** Takes over the counts of a sketch for about as many entries. */
  copy(other: FrequencySketch): void {
    const blocks = this.#blocks;
    this.#counters = other.#counters;
    this.#additions = other.#additions;
    this.#blocks = other.#blocks;
    this.#useBlocks(blocks);
  }

  // A block is a range of hashes. One of the new division has the larger counts of those it overlaps, so none is too low.
  #useBlocks(blocks: number): void {
    const resized = new Uint8Array(blocks * BLOCK_BYTES);
    for (let block = 0; block < blocks && this.#additions > 0; block++) {
      const into = resized.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
      const first = Math.floor((block * this.#blocks) / blocks) * BLOCK_BYTES;
      const end = Math.ceil(((block + 1) * this.#blocks) / blocks) * BLOCK_BYTES;
      into.set(this.#counters.subarray(first, first + BLOCK_BYTES));
      for (let from = first + BLOCK_BYTES; from < end; from += BLOCK_BYTES) {
        for (let at = 0; at < BLOCK_BYTES; at++) {
          into[at] = largerCounts(into[at] as number, this.#counters[from + at] as number);
        }
      }
    }
    this.#counters = resized;
    this.#blocks = blocks;
  }

  /** Counts halve once so many entries have been counted 16 times over. */
  setSample(entries: number): void {
    this.#sample = entries * ADDITIONS_PER_ENTRY;
  }

  /** Counts `times` reads of the key. */
  add(hash: number, times: number): void {
    if (times === 0) return;
    let places = placesOf(hash);
    let row = this.#blockOf(hash);
    for (const end = row + BLOCK_BYTES; row < end; row += ROW_BYTES) {
      const at = row + ((places >> 1) & 15);
      const shift = (places & 1) << 2;
      const byte = this.#counters[at] as number;
      const count = Math.min(LARGEST, ((byte >> shift) & LARGEST) + times);
      this.#counters[at] = (byte & ~(LARGEST << shift)) | (count << shift);
      places >>>= 5;
    }
    this.#additions += times;
    if (this.#additions >= this.#sample) this.#halve();
  }

  /** Reads of the key counted lately, 0 to 15. */
  estimate(hash: number): number {
    let places = placesOf(hash);
    let row = this.#blockOf(hash);
    let least = LARGEST;
    for (const end = row + BLOCK_BYTES; row < end; row += ROW_BYTES) {
      const byte = this.#counters[row + ((places >> 1) & 15)] as number;
      const count = (byte >> ((places & 1) << 2)) & LARGEST;
      if (count < least) least = count;
      places >>>= 5;
    }
    return least;
  }

  #blockOf(hash: number): number {
    const mixed = Math.imul(hash, 0x9e3779b1) >>> 0;
    return Math.floor((mixed * this.#blocks) / 2 ** 32) * BLOCK_BYTES;
  }

  #halve(): void {
    const counters = this.#counters;
    for (let at = 0; at < counters.length; at++) counters[at] = ((counters[at] as number) >> 1) & 0x77;
    this.#additions >>= 1;
  }
}

function blocksFor(entries: number): number {
  return Math.ceil((entries * COUNTERS_PER_ENTRY) / (2 * BLOCK_BYTES));
}

/** The larger of each two counts in a byte. */
function largerCounts(one: number, other: number): number {
  return Math.max(one & 0xf0, other & 0xf0) | Math.max(one & LARGEST, other & LARGEST);
}

/** Five bits a row, none of them those that choose the block. */
function placesOf(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return mixed ^ (mixed >>> 15);
}
