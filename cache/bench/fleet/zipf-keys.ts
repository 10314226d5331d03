import type { Count, Ratio } from '../../src/units.ts';

const ZIPF_EXPONENT = 0.9;
const GUIDES = 2 ** 16;

/** Draws keys with Zipf frequencies; `shift` replaces the most read ones by keys nobody knows. */
export class ZipfKeys {
  readonly #cumulative: Float64Array;
  readonly #idOfRank: Int32Array;
  readonly #keys: Count;
  /** The first rank of each 65,536th of the draws: leaves the search a few steps. */
  readonly #firstRank = new Int32Array(GUIDES + 1);

  constructor(keys: Count) {
    this.#keys = keys;
    this.#cumulative = new Float64Array(keys);
    let sum = 0;
    for (let rank = 0; rank < keys; rank++) {
      sum += (rank + 1) ** -ZIPF_EXPONENT;
      this.#cumulative[rank] = sum;
    }
    for (let rank = 0; rank < keys; rank++) this.#cumulative[rank]! /= sum;
    for (let guide = 0, rank = 0; guide <= GUIDES; guide++) {
      while (rank < keys - 1 && this.#cumulative[rank]! < guide / GUIDES) rank++;
      this.#firstRank[guide] = rank;
    }
    this.#idOfRank = Int32Array.from({ length: keys }, (_, rank) => rank);
  }

  shift(top: Count): void {
    for (let rank = 0; rank < top; rank++) this.#idOfRank[rank] = this.#keys + rank;
  }

  draw(rng: () => Ratio): number {
    const point = rng();
    const guide = Math.floor(point * GUIDES);
    let low = this.#firstRank[guide]!;
    let high = this.#firstRank[guide + 1]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cumulative[middle]! < point) low = middle + 1;
      else high = middle;
    }
    return this.#idOfRank[low]!;
  }
}
