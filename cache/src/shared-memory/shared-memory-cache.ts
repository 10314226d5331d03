import { closeSync, fstatSync, ftruncateSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import { hashKey } from '../store/hash-key.ts';
import type { Bytes, Count, Millis } from '../units.ts';
import { ABSENT, Bucket, type Entry, SLOTS, TORN } from './bucket.ts';
import { fileBytes, type Layout, readLayout, SUPERBLOCK_BYTES } from './layout.ts';
import { Places, slotOf, slotsOf } from './places.ts';
import { withWriteLock } from './write-lock.ts';

const [bootSeconds, bootNanos] = process.hrtime();
const sinceBootMs = bootSeconds * 1000 + bootNanos / 1e6 - performance.now();

/** The machine's monotonic clock, which all processes read alike: lives mean the same in each. */
export const machineClock: Clock = { now: () => performance.now() + sinceBootMs };

export interface SharedMemoryOptions {
  /** The file that `prepareSharedMemory` made. */
  readonly path: string;
  /** Must be the same for all processes. Default: the machine's monotonic clock. */
  readonly clock?: Clock;
}

export type SharedSetOutcome = 'stored' | 'refused-too-large' | 'refused-zero-ttl' | 'refused-no-space';

export interface SharedMemoryStats {
  /** Of this process since it opened the file. */
  readonly hits: Count;
  readonly misses: Count;
  readonly evictions: Count;
  /** Entries found half-written or damaged, and not served. */
  readonly torn: Count;
  /** Size of the file, which never changes. */
  readonly capBytes: Bytes;
  /** Pages written so far: what the kernel charges to the pod, once for all processes. */
  readonly chargedBytes: Bytes;
}

const LOCKS = 16;
/** Of no file: reading and writing throw. */
const CLOSED = -1;

/**
 * A cache that all processes of a pod read directly, without a server, from a file in memory. A read is one `pread` of
 * one bucket or less, no lock and no native code; a write replaces one bucket under a lock. Every entry carries a
 * checksum, so that a half-written one is a miss. A value is visible to all processes when `set` returns.
 */
export class SharedMemoryCache implements Disposable {
  #fd: number;
  readonly #path: string;
  readonly #layout: Layout;
  readonly #clock: Clock;
  readonly #bucket: Bucket;
  readonly #next: Bucket;
  readonly #places = new Places();
  readonly #one = Buffer.from([1]);
  #hits = 0;
  #misses = 0;
  #evictions = 0;
  #torn = 0;

  /** @throws {CacheError} `L1_BAD_OPTION` when the file is not a shared cache; a system error when it is missing. */
  constructor(options: SharedMemoryOptions) {
    this.#path = options.path;
    this.#clock = options.clock ?? machineClock;
    this.#fd = openSync(options.path, 'r+');
    try {
      this.#layout = readLayout(this.#fd, options.path);
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
    this.#bucket = new Bucket(this.#layout.bucketBytes, this.#layout.salt);
    this.#next = new Bucket(this.#layout.bucketBytes, this.#layout.salt);
  }

  /** A copy of the value, or undefined. */
  get(key: string): Buffer | undefined {
    const slot = this.#locate(key);
    if (slot === ABSENT) return undefined;
    const from = this.#bucket.valueAt(slot);
    const end = this.#bucket.endAt(slot);
    const value = Buffer.allocUnsafe(end - from);
    this.#bucket.bytes.copy(value, 0, from, end);
    return value;
  }

  /** The value as UTF-8 text, or undefined. No Buffer is made on the way. */
  getText(key: string): string | undefined {
    const slot = this.#locate(key);
    if (slot === ABSENT) return undefined;
    return this.#bucket.bytes.toString('utf8', this.#bucket.valueAt(slot), this.#bucket.endAt(slot));
  }

  /** @param ttlMs Default: Infinity. */
  set(key: string, value: Uint8Array, ttlMs: Millis = Number.POSITIVE_INFINITY): SharedSetOutcome {
    const keyBytes = Buffer.from(key);
    if (this.#bucket.slotsFor(keyBytes.byteLength, value.byteLength) === undefined) {
      this.delete(key);
      return 'refused-too-large';
    }
    if (!(ttlMs > 0)) {
      this.delete(key);
      return 'refused-zero-ttl';
    }
    const hash = hashKey(key, this.#layout.salt);
    const expiresAtMs = this.#clock.now() + ttlMs;
    const end = this.#rewrite(hash, (bucket, entries, next) => {
      const kept = entries.filter((entry) => !isFor(bucket, entry, hash, keyBytes));
      this.#evictions += next.refill(bucket, kept, { key: keyBytes, value, tag: hash, expiresAtMs });
      return 'changed';
    });
    if (end === 'written') return 'stored';
    // What is there may still be the value before.
    this.delete(key);
    return 'refused-no-space';
  }

  delete(key: string): boolean {
    const hash = hashKey(key, this.#layout.salt);
    const keyBytes = Buffer.from(key);
    let had = false;
    this.#rewrite(hash, (bucket, entries, next) => {
      const kept = entries.filter((entry) => !isFor(bucket, entry, hash, keyBytes));
      had = kept.length < entries.length;
      if (!had) return 'same';
      next.refill(bucket, kept, undefined);
      return 'changed';
    });
    return had;
  }

  /** Forgets everything and gives the pages back. Not safe against a `set` of another process at the same moment, which may survive. */
  clear(): void {
    ftruncateSync(this.#fd, SUPERBLOCK_BYTES);
    ftruncateSync(this.#fd, fileBytes(this.#layout));
  }

  stats(): SharedMemoryStats {
    const { size, blocks } = fstatSync(this.#fd);
    return {
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      torn: this.#torn,
      capBytes: size,
      chargedBytes: blocks * 512,
    };
  }

  /** Entries that live now and bytes of their keys and values. Reads the whole file. */
  contents(): { readonly entries: Count; readonly payloadBytes: Bytes } {
    const nowMs = this.#clock.now();
    let entries = 0;
    let payloadBytes = 0;
    for (let bucket = 0; bucket < this.#layout.buckets; bucket++) {
      this.#read(SUPERBLOCK_BYTES + bucket * this.#layout.bucketBytes);
      for (const entry of this.#bucket.entries()) {
        if (entry.expiresAtMs <= nowMs) continue;
        entries++;
        payloadBytes += entry.end - entry.keyAt;
      }
    }
    return { entries, payloadBytes };
  }

  /** Closes the file; what is asked of the cache after that throws. */
  [Symbol.dispose](): void {
    if (this.#fd === CLOSED) return;
    closeSync(this.#fd);
    // Its number soon belongs to another file.
    this.#fd = CLOSED;
  }

  /** The slot of the entry, whose bytes are then in `#bucket`, or `ABSENT`. */
  #locate(key: string): number {
    const hash = hashKey(key, this.#layout.salt);
    const at = this.#positionOf(hash);
    let slot = this.#findWhereItWas(at, hash, key);
    if (slot === ABSENT) slot = this.#find(at, hash, key);
    if (slot !== ABSENT && this.#isAlive(slot)) {
      this.#hits++;
      return slot;
    }
    this.#misses++;
    return ABSENT;
  }

  #isAlive(slot: number): boolean {
    const expiresAtMs = this.#bucket.expiresAtMs(slot);
    // Most of the price of a clock is asking it.
    return expiresAtMs === Number.POSITIVE_INFINITY || expiresAtMs > this.#clock.now();
  }

  /**
   * Reads the one entry where this process found it last, some tenth of the bucket. Whatever else is there now fails the
   * check of tag, key and checksum.
   */
  #findWhereItWas(at: number, hash: number, key: string): number {
    const place = this.#places.take(hash);
    if (place === 0) return ABSENT;
    const slot = slotOf(place);
    const slots = slotsOf(place);
    const { bytes } = this.#bucket;
    const slotBytes = bytes.byteLength / SLOTS;
    const from = slot * slotBytes;
    const length = readSync(this.#fd, bytes, from, slots * slotBytes, at + from);
    return length === slots * slotBytes && this.#bucket.isAt(slot, slots, hash, key) ? slot : ABSENT;
  }

  /** A write under way may tear a read: then it is read once more, and is a miss if it still does not hold. */
  #find(at: number, hash: number, key: string): number {
    for (let attempt = 0; attempt < 2; attempt++) {
      this.#read(at);
      const slot = this.#bucket.find(hash, key);
      if (slot === TORN) continue;
      if (slot === ABSENT) return ABSENT;
      this.#places.note(hash, slot, this.#bucket.slotsAt(slot));
      // Once an entry and turn of the bucket: its second chance. After a `clear` by another there may be no room for it.
      if (!this.#bucket.wasRead(slot)) writeAll(this.#fd, this.#one, at + slot);
      return slot;
    }
    this.#torn++;
    return ABSENT;
  }

  #read(at: number): void {
    const { bytes } = this.#bucket;
    const length = readSync(this.#fd, bytes, 0, bytes.byteLength, at);
    if (length < bytes.byteLength) bytes.fill(0, length);
  }

  #positionOf(hash: number): number {
    // The tag in the bucket is the hash itself: the bucket comes from its other end, mixed.
    return (
      SUPERBLOCK_BYTES +
      ((Math.imul(hash, 0x9e3779b1) >>> 0) % this.#layout.buckets) * this.#layout.bucketBytes
    );
  }

  /** Writes a bucket anew, unless `change` leaves it the same; `no-space` when not all of it could be written. */
  #rewrite(
    hash: number,
    change: (bucket: Bucket, entries: Entry[], next: Bucket) => 'changed' | 'same',
  ): 'written' | 'no-space' {
    const at = this.#positionOf(hash);
    const lock = `${this.#path}.lock${((at / this.#layout.bucketBytes) % LOCKS) | 0}`;
    return withWriteLock(lock, () => {
      this.#read(at);
      const nowMs = this.#clock.now();
      const alive = this.#bucket.entries().filter((entry) => entry.expiresAtMs > nowMs);
      if (change(this.#bucket, alive, this.#next) === 'same') return () => 'written';
      return () => writeAll(this.#fd, this.#next.bytes, at);
    });
  }
}

/** Where the storage ends in the middle of a bucket the system writes what fits, and says so only by the length. */
function writeAll(fd: number, bytes: Buffer, at: number): 'written' | 'no-space' {
  try {
    return writeSync(fd, bytes, 0, bytes.byteLength, at) === bytes.byteLength ? 'written' : 'no-space';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return 'no-space';
    throw error;
  }
}

function isFor(bucket: Bucket, entry: Entry, tag: number, key: Buffer): boolean {
  return entry.tag === tag && bucket.bytes.subarray(entry.keyAt, entry.valueAt).equals(key);
}

/** Removes the file and its locks. Processes that have it open keep what they have until they close it. */
export function removeSharedMemory(path: string): void {
  for (const name of [path, ...Array.from({ length: LOCKS }, (_, i) => `${path}.lock${i}`)])
    try {
      unlinkSync(name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
}
