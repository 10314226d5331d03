import type { Bytes, Count, Millis } from '../units.ts';
import { checksum } from './checksum.ts';

/** A bucket is 64 slots; the first holds one byte for each slot: whether the entry there was read since it was last passed over. */
export const SLOTS = 64;
/** Words: checksum · slots and key length, 16 bits each · value length · tag · expires at, two. Then the key, then the value. */
const HEADER_BYTES: Bytes = 24;

/** What a search gives instead of the slot of an entry. */
export const ABSENT = 0;
export const TORN = -1;

/** An entry as it lies in a bucket; positions are those in the bucket's bytes. */
export interface Entry {
  readonly slot: number;
  readonly slots: Count;
  readonly tag: number;
  readonly expiresAtMs: Millis;
  readonly keyAt: number;
  readonly valueAt: number;
  readonly end: number;
}

export interface NewEntry {
  readonly key: Buffer;
  readonly value: Uint8Array;
  readonly tag: number;
  readonly expiresAtMs: Millis;
}

/**
 * One bucket: entries in the order in which they came, oldest first. Everything read from it may be half of a write
 * under way, or the work of a killed process: nothing is trusted before its checksum holds. A search makes no object:
 * its answer is a slot, to ask the rest for.
 */
export class Bucket {
  readonly bytes: Buffer;
  readonly #words: Uint32Array;
  readonly #doubles: Float64Array;
  readonly #slotBytes: Bytes;
  readonly #salt: number;

  constructor(bucketBytes: Bytes, salt: number) {
    const memory = new ArrayBuffer(bucketBytes);
    this.bytes = Buffer.from(memory);
    this.#words = new Uint32Array(memory);
    this.#doubles = new Float64Array(memory);
    this.#slotBytes = bucketBytes / SLOTS;
    this.#salt = salt;
  }

  /** The slot of the entry with this tag and key, checked; else `ABSENT`, or `TORN` when one is there that does not hold. */
  find(tag: number, key: string): number {
    for (let slot = 1; slot < SLOTS; ) {
      const slots = this.slotsAt(slot);
      if (slots === 0 || slot + slots > SLOTS) return ABSENT;
      if (this.#tagAt(slot) === tag) {
        if (!this.#holds(slot, slots)) return TORN;
        if (this.#isKeyAt(slot, key)) return slot;
      }
      slot += slots;
    }
    return ABSENT;
  }

  /** Whether the entry in this very place has this tag and key and holds; only its own bytes need to be there. */
  isAt(slot: number, slots: Count, tag: number, key: string): boolean {
    return (
      this.slotsAt(slot) === slots &&
      this.#tagAt(slot) === tag &&
      this.#holds(slot, slots) &&
      this.#isKeyAt(slot, key)
    );
  }

  slotsAt(slot: number): Count {
    return this.#words[((slot * this.#slotBytes) >>> 2) + 1]! & 0xffff;
  }

  expiresAtMs(slot: number): Millis {
    return this.#doubles[((slot * this.#slotBytes) >>> 3) + 2]!;
  }

  valueAt(slot: number): number {
    const at = slot * this.#slotBytes;
    return at + HEADER_BYTES + (this.#words[(at >>> 2) + 1]! >>> 16);
  }

  endAt(slot: number): number {
    return this.valueAt(slot) + this.#words[((slot * this.#slotBytes) >>> 2) + 2]!;
  }

  /** All entries that hold, oldest first. */
  entries(): Entry[] {
    const found: Entry[] = [];
    for (let slot = 1; slot < SLOTS; ) {
      const slots = this.slotsAt(slot);
      if (slots === 0 || slot + slots > SLOTS) break;
      if (this.#holds(slot, slots)) found.push(this.#entryAt(slot, slots));
      slot += slots;
    }
    return found;
  }

  wasRead(slot: number): boolean {
    return this.bytes[slot] === 1;
  }

  /** Slots that an entry of this size takes; undefined when a bucket is too small for it. */
  slotsFor(keyBytes: Bytes, valueBytes: Bytes): Count | undefined {
    const slots = Math.ceil((HEADER_BYTES + keyBytes + valueBytes) / this.#slotBytes);
    return slots < SLOTS && keyBytes < 65536 ? slots : undefined;
  }

  /**
   * Fills this bucket with the entries kept from another and a new one behind them. For room the oldest leave, but one
   * that was read since its last turn goes to the back once instead (CLOCK, the second chance of Corbató 1968).
   */
  refill(from: Bucket, kept: Entry[], added: NewEntry | undefined): Count {
    const needed = added === undefined ? 0 : this.slotsFor(added.key.byteLength, added.value.byteLength)!;
    let used = kept.reduce((sum, entry) => sum + entry.slots, 0);
    const read = new Set(kept.filter((entry) => from.wasRead(entry.slot)));
    let evicted = 0;
    while (used + needed > SLOTS - 1) {
      const oldest = kept.shift()!;
      if (read.delete(oldest)) kept.push(oldest);
      else {
        used -= oldest.slots;
        evicted++;
      }
    }
    this.bytes.fill(0);
    let slot = 1;
    for (const entry of kept) {
      const start = entry.slot * this.#slotBytes;
      from.bytes.copy(this.bytes, slot * this.#slotBytes, start, start + entry.slots * this.#slotBytes);
      if (read.has(entry)) this.bytes[slot] = 1;
      slot += entry.slots;
    }
    if (added !== undefined) this.#write(slot, needed, added);
    return evicted;
  }

  #write(slot: number, slots: Count, { key, value, tag, expiresAtMs }: NewEntry): void {
    const at = slot * this.#slotBytes;
    const words = this.#words;
    words[(at >>> 2) + 1] = slots | (key.byteLength << 16);
    words[(at >>> 2) + 2] = value.byteLength;
    words[(at >>> 2) + 3] = tag;
    this.#doubles[(at >>> 3) + 2] = expiresAtMs;
    this.bytes.set(key, at + HEADER_BYTES);
    this.bytes.set(value, at + HEADER_BYTES + key.byteLength);
    words[at >>> 2] = this.#checksum(slot);
  }

  #entryAt(slot: number, slots: Count): Entry {
    return {
      slot,
      slots,
      tag: this.#tagAt(slot),
      expiresAtMs: this.expiresAtMs(slot),
      keyAt: slot * this.#slotBytes + HEADER_BYTES,
      valueAt: this.valueAt(slot),
      end: this.endAt(slot),
    };
  }

  #tagAt(slot: number): number {
    return this.#words[((slot * this.#slotBytes) >>> 2) + 3]!;
  }

  #holds(slot: number, slots: Count): boolean {
    const at = slot * this.#slotBytes;
    return this.endAt(slot) <= at + slots * this.#slotBytes && this.#checksum(slot) === this.#words[at >>> 2];
  }

  /** Of all but itself. The last word's bytes behind the value are zero, as everything between entries. */
  #checksum(slot: number): number {
    const at = slot * this.#slotBytes;
    return checksum(this.#words, (at >>> 2) + 1, (this.endAt(slot) + 3) >>> 2, this.#salt);
  }

  /** Compares without making a string: a key has as many bytes as characters only if all of them are ASCII. */
  #isKeyAt(slot: number, key: string): boolean {
    const keyAt = slot * this.#slotBytes + HEADER_BYTES;
    const valueAt = this.valueAt(slot);
    const { bytes } = this;
    if (valueAt - keyAt !== key.length) return bytes.toString('utf8', keyAt, valueAt) === key;
    let seen = 0;
    for (let i = 0; i < key.length; i++) {
      const unit = key.charCodeAt(i);
      if (bytes[keyAt + i] !== unit) return false;
      seen |= unit;
    }
    return seen < 128;
  }
}
