import type { Count, Millis } from '../units.ts';

const WAYS = 8;

/**
 * Where the identifiers read lately came from: salted hash of the identifier → fields it was seen in.
 *
 * A hash table of fixed size (8-way buckets, the oldest gives way), so that a flood of identifiers costs memory
 * of none but itself. Holds hashes only; nothing can be read back out of it.
 */
export class RecentIdentifiers {
  readonly #horizonMs: Millis;
  readonly #mask: number;
  readonly #hashes: Uint32Array;
  readonly #owners: Uint32Array;
  readonly #sources: Uint16Array;
  readonly #atMs: Float64Array;

  /** @param buckets A power of two; 8 identifiers each. */
  constructor(horizonMs: Millis, buckets: Count) {
    this.#horizonMs = horizonMs;
    this.#mask = buckets - 1;
    this.#hashes = new Uint32Array(buckets * WAYS);
    this.#owners = new Uint32Array(buckets * WAYS);
    this.#sources = new Uint16Array(buckets * WAYS);
    this.#atMs = new Float64Array(buckets * WAYS).fill(Number.NEGATIVE_INFINITY);
  }

  /** Bytes held, from construction on. */
  get bytes(): Count {
    return (this.#mask + 1) * WAYS * 18;
  }

  /**
   * Remembers that a field (`source`) of the value of a key (`owner`, its hash) held the identifier.
   * `repeated`: another key had the same identifier in the same field within the horizon.
   */
  remember(identifier: number, source: number, owner: number, atMs: Millis): 'new' | 'repeated' {
    const from = (identifier & this.#mask) * WAYS;
    let place = from;
    for (let i = from; i < from + WAYS; i++) {
      if (this.#hashes[i] === identifier && this.#sources[i] === source) {
        const repeated = this.#owners[i] !== owner && atMs - this.#atMs[i]! <= this.#horizonMs;
        this.#owners[i] = owner;
        this.#atMs[i] = atMs;
        return repeated ? 'repeated' : 'new';
      }
      if (this.#atMs[i]! < this.#atMs[place]!) place = i;
    }
    this.#hashes[place] = identifier;
    this.#sources[place] = source;
    this.#owners[place] = owner;
    this.#atMs[place] = atMs;
    return 'new';
  }

  /** Calls `visit` for each field the identifier was seen in within the horizon, in keys other than `reader`. */
  find(identifier: number, reader: number, atMs: Millis, visit: (source: number) => void): void {
    const from = (identifier & this.#mask) * WAYS;
    for (let i = from; i < from + WAYS; i++)
      if (
        this.#hashes[i] === identifier &&
        this.#owners[i] !== reader &&
        atMs - this.#atMs[i]! <= this.#horizonMs
      )
        visit(this.#sources[i]!);
  }
}
