import type { Bytes } from '../units.ts';

const STRING_HEADER: Bytes = 16;

/**
 * A seeded 32-bit hash of a key and its size, found in one pass. The key of the last miss is remembered: the fill that
 * follows it asks for the same.
 *
 * Four UTF-16 units a step in two lanes, each a rotation and a product as in FxHash, with murmur3's finaliser: reading
 * the units takes longer than mixing them, and four at a time read twice as fast.
 * The seed is secret to the process by default, so that nobody can choose keys that collide in a sketch.
 */
export class KeyDigest {
  hash = 0;
  /** What the key takes on V8's heap: a header, one byte a character in Latin-1, otherwise two. */
  sizeBytes: Bytes = 0;
  readonly #seed: number;
  #missedKey: string | undefined;

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** As `take`, for a key that will probably be filled next. */
  takeMissed(key: string): void {
    this.take(key);
    this.#missedKey = key;
  }

  /** Sets `hash` and `sizeBytes` to those of the key. */
  take(key: string): void {
    const known = this.#missedKey;
    this.#missedKey = undefined;
    // Two keys of one length are compared by all their characters: not for a fill that no miss came before.
    if (known !== undefined && known === key) return;
    const { length } = key;
    let odd = this.#seed ^ length;
    let even = ~this.#seed;
    let units = 0;
    let at = 0;
    for (; at + 3 < length; at += 4) {
      const first = key.charCodeAt(at);
      const second = key.charCodeAt(at + 1);
      const third = key.charCodeAt(at + 2);
      const fourth = key.charCodeAt(at + 3);
      units |= first | second | third | fourth;
      odd = Math.imul(((odd << 5) | (odd >>> 27)) ^ first ^ (second << 16), 0x9e3779b1);
      even = Math.imul(((even << 7) | (even >>> 25)) ^ third ^ (fourth << 16), 0x85ebca6b);
    }
    for (; at < length; at++) {
      const unit = key.charCodeAt(at);
      units |= unit;
      odd = Math.imul(((odd << 5) | (odd >>> 27)) ^ unit, 0x9e3779b1);
    }
    let hash = odd ^ ((even << 13) | (even >>> 19));
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    this.hash = hash ^ (hash >>> 16);
    this.sizeBytes = (STRING_HEADER + (units > 0xff ? 2 : 1) * length + 7) & ~7;
  }
}
