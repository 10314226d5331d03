import { L1Cache } from '../cache.ts';
import type { Clock } from '../clock.ts';
import type { KeyScan } from '../options.ts';
import type { Bytes, Count, Millis } from '../units.ts';

/** A value with a life of its own. */
class Timed {
  readonly bytes: string;
  expiresAtMs: Millis;

  constructor(bytes: string, expiresAtMs: Millis) {
    this.bytes = bytes;
    this.expiresAtMs = expiresAtMs;
  }
}

/** How long a key lives: `gone`, `forever`, or milliseconds. */
export type Life = Millis | 'forever' | 'gone';

/**
 * Keys and values of a Redis client in an L1Cache. Bytes are strings of one character each: V8 keeps them at one byte
 * a character with 16 bytes of header, a quarter of what a Buffer object costs, and the collector does not scan them.
 */
export class Values {
  readonly cache: L1Cache<string | Timed>;
  readonly #clock: Clock;

  constructor(budgetBytes: Bytes, clock: Clock) {
    this.#clock = clock;
    this.cache = new L1Cache<string | Timed>({ budgetBytes, clock, freezing: 'none' });
  }

  get(key: string): string | undefined {
    const held = this.cache.get(key);
    if (held === undefined || typeof held === 'string') return held;
    return held.expiresAtMs > this.#clock.now() ? held.bytes : undefined;
  }

  has(key: string): boolean {
    return this.life(key) !== 'gone';
  }

  /** A life that has ended already leaves nothing. False when the value is larger than the budget. */
  set(key: string, bytes: string, ttlMs: Millis | undefined): boolean {
    // The cache counts the key.
    const sizeBytes = bytes.length + 16;
    if (ttlMs !== undefined && ttlMs <= 0) {
      this.cache.delete(key);
      return true;
    }
    if (ttlMs === undefined) return this.cache.set(key, bytes, { sizeBytes }) === 'stored';
    const timed = new Timed(bytes, this.#clock.now() + ttlMs);
    return this.cache.set(key, timed, { ttlMs, sizeBytes: sizeBytes + 40 }) === 'stored';
  }

  delete(key: string): boolean {
    const had = this.has(key);
    this.cache.delete(key);
    return had;
  }

  life(key: string): Life {
    const held = this.cache.peek(key);
    if (held === undefined) return 'gone';
    if (typeof held === 'string') return 'forever';
    const leftMs = held.expiresAtMs - this.#clock.now();
    return leftMs > 0 ? leftMs : 'gone';
  }

  /** Sets the life of a value held; undefined is for ever. False when there is none. */
  setLife(key: string, ttlMs: Millis | undefined): boolean {
    const held = this.cache.peek(key);
    if (held === undefined || this.life(key) === 'gone') return false;
    return this.set(key, typeof held === 'string' ? held : held.bytes, ttlMs);
  }

  /** About `count` keys from a cursor on; see `L1Cache.scan`. */
  scan(cursor: number, count: Count): KeyScan {
    const step = this.cache.scan(cursor, count);
    return { cursor: step.cursor, keys: step.keys.filter((key) => this.has(key)) };
  }

  get count(): Count {
    return this.cache.size;
  }

  clear(): void {
    this.cache.clear();
  }
}
