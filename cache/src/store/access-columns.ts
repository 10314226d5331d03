import type { AccessBatch, AccessRecord } from '../access.ts';
import type { Count, Millis } from '../units.ts';
import { type Entries, Flag } from './entries.ts';
import { readIfDecodable } from './values.ts';

const HIT = 0;
const FIRST_USE = 1;
const STALE = 2;
const MISS = 3;
const FILL = 4;
const OUTCOMES = ['hit', 'hit', 'stale', 'miss', 'fill'] as const;

const FIRST_CAPACITY: Count = 1024;
/** Rows kept for listeners when the process does not come round to delivering them. */
const MOST_ROWS: Count = 65_536;

/**
 * Accesses as columns. A hit is a slot number and nothing else; which key and value that was is looked up when a
 * listener asks, or just before the slot changes hands. A learner that wants no values never has one read for it.
 */
export class AccessColumns<V> implements AccessBatch {
  length: Count = 0;
  readonly #entries: Entries<V>;
  #kinds = new Uint8Array(0);
  #slots = new Uint32Array(0);
  #atMs = new Float64Array(0);
  #keys: (string | undefined)[] = [];
  #values: unknown[] = [];
  #fills: (AccessRecord | undefined)[] = [];
  /** Rows below it hold their key and value themselves. */
  #resolved: Count = 0;
  /** Rows below it may hold references that must be let go. */
  #referring: Count = 0;

  constructor(entries: Entries<V>) {
    this.#entries = entries;
  }

  /** Adds the first `count` slots of the ring as hits. Returns how many there was room for. */
  addHits(ring: Uint32Array, count: Count, atMs: Millis): Count {
    const taken = Math.min(count, this.#room(count));
    const from = this.length;
    for (let i = 0; i < taken; i++) this.#slots[from + i] = ring[i]!;
    this.#kinds.fill(HIT, from, from + taken);
    this.#atMs.fill(atMs, from, from + taken);
    this.length = from + taken;
    return taken;
  }

  /** The hit in this row was the first read of a prefetched entry. */
  markFirstUse(row: number): void {
    this.#kinds[row] = FIRST_USE;
  }

  addMiss(key: string, atMs: Millis): boolean {
    return this.#add(MISS, key, undefined, atMs);
  }

  addStale(key: string, value: unknown, atMs: Millis): boolean {
    return this.#add(STALE, key, value, atMs);
  }

  addFill(record: AccessRecord): boolean {
    const row = this.length;
    if (!this.#add(FILL, record.key, record.value, record.atMs)) return false;
    this.#fills[row] = record;
    return true;
  }

  /** Looks up what hits refer to by slot. Must come before a slot changes hands. */
  resolve(): void {
    const { keys, values } = this.#entries;
    for (let row = this.#resolved; row < this.length; row++) {
      if (this.#kinds[row]! > FIRST_USE) continue;
      const slot = this.#slots[row]!;
      this.#keys[row] = keys[slot];
      this.#values[row] = readIfDecodable(values, slot);
    }
    this.#resolved = this.length;
    this.#referring = this.length;
  }

  /** Forgets all rows and lets go of what they referred to. */
  clear(): void {
    if (this.#referring > 0) {
      this.#keys.fill(undefined, 0, this.#referring);
      this.#values.fill(undefined, 0, this.#referring);
      this.#fills.fill(undefined, 0, this.#referring);
    }
    this.length = 0;
    this.#resolved = 0;
    this.#referring = 0;
  }

  outcomeAt(row: number): AccessRecord['outcome'] {
    return OUTCOMES[this.#kinds[row]!]!;
  }

  isFirstUseOfPrefetchAt(row: number): boolean {
    return this.#kinds[row] === FIRST_USE;
  }

  atMsAt(row: number): Millis {
    return this.#atMs[row]!;
  }

  keyAt(row: number): string {
    return this.#refersToSlot(row) ? this.#entries.keys[this.#slots[row]!]! : this.#keys[row]!;
  }

  valueAt(row: number): unknown {
    return this.#refersToSlot(row)
      ? readIfDecodable(this.#entries.values, this.#slots[row]!)
      : this.#values[row];
  }

  at(row: number): AccessRecord | undefined {
    if (!(row >= 0 && row < this.length)) return undefined;
    const fill = this.#fills[row];
    if (fill) return fill;
    const record = {
      key: this.keyAt(row),
      outcome: this.outcomeAt(row),
      value: this.valueAt(row),
      atMs: this.#atMs[row]!,
    };
    return this.#kinds[row] === FIRST_USE ? { ...record, firstUseOfPrefetch: true } : record;
  }

  *[Symbol.iterator](): Iterator<AccessRecord> {
    for (let row = 0; row < this.length; row++) yield this.at(row)!;
  }

  #refersToSlot(row: number): boolean {
    return row >= this.#resolved && this.#kinds[row]! <= FIRST_USE;
  }

  #add(kind: number, key: string, value: unknown, atMs: Millis): boolean {
    if (this.#room(1) === 0) return false;
    const row = this.length++;
    this.#kinds[row] = kind;
    this.#atMs[row] = atMs;
    this.#keys[row] = key;
    this.#values[row] = value;
    this.#referring = row + 1;
    return true;
  }

  /** Free rows, after growing if that is needed and allowed. */
  #room(wanted: Count): Count {
    const capacity = this.#slots.length;
    if (this.length + wanted > capacity && capacity < MOST_ROWS) {
      const doubled = Math.max(FIRST_CAPACITY, 2 ** Math.ceil(Math.log2(this.length + wanted)));
      this.#grow(Math.min(MOST_ROWS, doubled));
    }
    return this.#slots.length - this.length;
  }

  #grow(capacity: Count): void {
    const kinds = new Uint8Array(capacity);
    kinds.set(this.#kinds);
    this.#kinds = kinds;
    const slots = new Uint32Array(capacity);
    slots.set(this.#slots);
    this.#slots = slots;
    const atMs = new Float64Array(capacity);
    atMs.set(this.#atMs);
    this.#atMs = atMs;
    this.#keys = lengthened(this.#keys, capacity);
    this.#values = lengthened(this.#values, capacity);
    this.#fills = lengthened(this.#fills, capacity);
  }
}

/** Marks, in the rows from `from` on, the first reads of prefetched entries. Returns how many there were. */
export function markFirstUses<V>(
  entries: Entries<V>,
  ring: Uint32Array,
  count: Count,
  columns: AccessColumns<V> | undefined,
  from: number,
): Count {
  let found = 0;
  for (let i = 0; i < count; i++) {
    const slot = ring[i]!;
    const flags = entries.flags(slot);
    if ((flags & Flag.prefetched) === 0) continue;
    entries.setFlags(slot, flags & ~Flag.prefetched);
    found++;
    if (columns && from + i < columns.length) columns.markFirstUse(from + i);
  }
  return found;
}

function lengthened<T>(array: (T | undefined)[], length: Count): (T | undefined)[] {
  const longer = new Array<T | undefined>(length).fill(undefined);
  for (let i = 0; i < array.length; i++) longer[i] = array[i];
  return longer;
}
