import type { Bytes, Count } from '../units.ts';

const WAYS = 4;
/** Keys remembered to follow one context. */
const FOLLOWERS = 4;
/** A context's counts are halved here, so that what changed is forgotten. */
const HALVE_AT = 64;
const MAX_WORTH = 7;

/**
 * How often a key followed a context: contexts in 4-way sets, four followers each, all in typed arrays.
 *
 * A new follower takes the place of the weakest one by exponential decay (HeavyKeeper, ATC 2018); a new context
 * takes the place of one that has not been of use lately (CLOCK over a 3-bit count of followers seen again).
 */
export class ContextTable {
  readonly #mask: number;
  readonly #rng: () => number;
  readonly #contexts: Uint32Array;
  readonly #seen: Uint8Array;
  readonly #worth: Uint8Array;
  readonly #followers: Uint32Array;
  readonly #counts: Uint8Array;

  /** @param rows Contexts at most; a power of two. */
  constructor(rows: Count, rng: () => number) {
    this.#mask = rows - 1;
    this.#rng = rng;
    this.#contexts = new Uint32Array(rows);
    this.#seen = new Uint8Array(rows);
    this.#worth = new Uint8Array(rows);
    this.#followers = new Uint32Array(rows * FOLLOWERS);
    this.#counts = new Uint8Array(rows * FOLLOWERS);
  }

  /** Bytes held, from construction on. */
  get bytes(): Bytes {
    return (this.#mask + 1) * (6 + FOLLOWERS * 5);
  }

  /**
   * Counts a visit to the context, first making a row for it if it has none; calls `visit` for each follower seen
   * at least twice, with how often it followed and how often the context was met before.
   */
  meet(context: number, visit: (follower: number, count: Count, seen: Count) => void): boolean {
    const row = this.#rowOf(context);
    if (row < 0) {
      this.#admit(context);
      return false;
    }
    const seen = this.#seen[row]!;
    const from = row * FOLLOWERS;
    for (let i = from; i < from + FOLLOWERS; i++) {
      const count = this.#counts[i]!;
      if (count >= 2) visit(this.#followers[i]!, count, seen);
    }
    this.#seen[row] = seen + 1;
    if (seen + 1 >= HALVE_AT) {
      this.#seen[row] = HALVE_AT / 2;
      for (let i = from; i < from + FOLLOWERS; i++) this.#counts[i]! >>= 1;
    }
    return true;
  }

  /** A key followed the context; returns how often it has, as far as is remembered. */
  follow(context: number, follower: number): Count {
    const row = this.#rowOf(context);
    if (row < 0) return 0;
    const from = row * FOLLOWERS;
    let weakest = from;
    for (let i = from; i < from + FOLLOWERS; i++) {
      if (this.#followers[i] === follower && this.#counts[i]! > 0) {
        if (this.#counts[i]! < 255) this.#counts[i]!++;
        if (this.#worth[row]! < MAX_WORTH) this.#worth[row]!++;
        return this.#counts[i]!;
      }
      if (this.#counts[i]! < this.#counts[weakest]!) weakest = i;
    }
    const count = this.#counts[weakest]!;
    if (count > 1) {
      if (this.#rng() < 1.08 ** -count) this.#counts[weakest] = count - 1;
      return 0;
    }
    this.#followers[weakest] = follower;
    this.#counts[weakest] = 1;
    return 1;
  }

  #rowOf(context: number): number {
    const from = context & this.#mask & ~(WAYS - 1);
    for (let row = from; row < from + WAYS; row++)
      if (this.#contexts[row] === context && this.#seen[row]! > 0) return row;
    return -1;
  }

  #admit(context: number): void {
    const from = context & this.#mask & ~(WAYS - 1);
    let least = from;
    for (let row = from; row < from + WAYS; row++) if (this.#worth[row]! < this.#worth[least]!) least = row;
    if (this.#worth[least]! > 0) {
      for (let row = from; row < from + WAYS; row++) this.#worth[row]!--;
      // The set is full of contexts that pay: the newcomer waits, they age.
      return;
    }
    // Of the worthless ones a random one goes, else the newest would always push out the one before it.
    const start = Math.floor(this.#rng() * WAYS);
    for (let i = 0; i < WAYS; i++) {
      const row = from + ((start + i) & (WAYS - 1));
      if (this.#worth[row] === 0) {
        least = row;
        break;
      }
    }
    this.#contexts[least] = context;
    this.#seen[least] = 1;
    this.#worth[least] = 1;
    this.#counts.fill(0, least * FOLLOWERS, (least + 1) * FOLLOWERS);
  }
}
