import { crc32 } from 'node:zlib';
import type { Bytes, Count, Millis } from '../units.ts';

/** A bucket is 64 slots; the first holds one byte for each slot: whether the entry there was read since it was last passed over. */
export const SLOTS = 64;
/** checksum 4 · slots 2 · key length 2 · value length 4 · tag 4 · expires at 8 */
const HEADER_BYTES: Bytes = 24;

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
 * under way, or the work of a killed process: nothing is trusted before its checksum holds.
 */
export class Bucket {
  readonly bytes: Buffer;
  readonly #view: DataView;
  readonly #slotBytes: Bytes;
  readonly #salt: number;

  constructor(bucketBytes: Bytes, salt: number) {
    this.bytes = Buffer.alloc(bucketBytes);
    this.#view = new DataView(this.bytes.buffer, this.bytes.byteOffset, bucketBytes);
    this.#slotBytes = bucketBytes / SLOTS;
    this.#salt = salt;
  }

  /** The entry with this tag and key, checked; `torn` when one is there that does not hold. */
  find(tag: number, key: string): Entry | 'torn' | undefined {
    const view = this.#view;
    for (let slot = 1; slot < SLOTS; ) {
      const at = slot * this.#slotBytes;
      const slots = view.getUint16(at + 4, true);
      if (slots === 0 || slot + slots > SLOTS) return undefined;
      if (view.getUint32(at + 12, true) === tag) {
        const entry = this.#entryAt(slot, slots);
        if (entry === undefined || !this.#holds(entry)) return 'torn';
        if (this.bytes.toString('utf8', entry.keyAt, entry.valueAt) === key) return entry;
      }
      slot += slots;
    }
    return undefined;
  }

  /** The entry in this very place, if it has this tag and key and holds; only its own bytes need to be there. */
  findAt(slot: number, slots: Count, tag: number, key: string): Entry | undefined {
    const at = slot * this.#slotBytes;
    if (this.#view.getUint16(at + 4, true) !== slots || this.#view.getUint32(at + 12, true) !== tag)
      return undefined;
    const entry = this.#entryAt(slot, slots);
    if (entry === undefined || !this.#holds(entry)) return undefined;
    return this.bytes.toString('utf8', entry.keyAt, entry.valueAt) === key ? entry : undefined;
  }

  /** All entries that hold, oldest first. */
  entries(): Entry[] {
    const found: Entry[] = [];
    for (let slot = 1; slot < SLOTS; ) {
      const slots = this.#view.getUint16(slot * this.#slotBytes + 4, true);
      if (slots === 0 || slot + slots > SLOTS) break;
      const entry = this.#entryAt(slot, slots);
      if (entry !== undefined && this.#holds(entry)) found.push(entry);
      slot += slots;
    }
    return found;
  }

  wasRead(entry: Entry): boolean {
    return this.bytes[entry.slot] === 1;
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
    const read = new Set(kept.filter((entry) => from.wasRead(entry)));
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
    const view = this.#view;
    view.setUint16(at + 4, slots, true);
    view.setUint16(at + 6, key.byteLength, true);
    view.setUint32(at + 8, value.byteLength, true);
    view.setUint32(at + 12, tag, true);
    view.setFloat64(at + 16, expiresAtMs, true);
    this.bytes.set(key, at + HEADER_BYTES);
    this.bytes.set(value, at + HEADER_BYTES + key.byteLength);
    const end = at + HEADER_BYTES + key.byteLength + value.byteLength;
    view.setUint32(at, crc32(this.bytes.subarray(at + 4, end), this.#salt), true);
  }

  #entryAt(slot: number, slots: Count): Entry | undefined {
    const at = slot * this.#slotBytes;
    const keyAt = at + HEADER_BYTES;
    const valueAt = keyAt + this.#view.getUint16(at + 6, true);
    const end = valueAt + this.#view.getUint32(at + 8, true);
    if (end > at + slots * this.#slotBytes) return undefined;
    const tag = this.#view.getUint32(at + 12, true);
    return { slot, slots, tag, expiresAtMs: this.#view.getFloat64(at + 16, true), keyAt, valueAt, end };
  }

  #holds(entry: Entry): boolean {
    const at = entry.slot * this.#slotBytes;
    return crc32(this.bytes.subarray(at + 4, entry.end), this.#salt) === this.#view.getUint32(at, true);
  }
}
