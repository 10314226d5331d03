import type { Bytes, Count } from '../units.ts';
import { MapBytes } from './map-bytes.ts';
import type { Values } from './values.ts';

/** A time no entry reaches: it does not expire. */
export const NEVER = 0xffff_ffff;

/** Bits of the flags column. */
export const Flag = {
  /** `validUntil` is the start of the refresh-ahead window, not the end of life. */
  softEnd: 1,
  /** Brought by prefetching and not read yet. */
  prefetched: 2,
  tagged: 4,
} as const;

const COLUMN_BYTES: Bytes = 3 * 4 + 2;
const KEY_BYTES: Bytes = 8;
const VERSION_BYTES: Bytes = 8;
const FIRST_CAPACITY: Count = 64;

/**
 * The table of what is held: an entry is a slot, a small integer, and each property a column. Numbers sit in typed
 * arrays, where they cost 1 to 4 bytes and no work of the garbage collector; times are whole milliseconds since the
 * cache was made. Free slots form a list through `loadedAt`.
 */
export class Entries<V> {
  readonly slotOf = new Map<string, number>();
  readonly values: Values<V>;
  keys: (string | undefined)[] = [];
  /** Up to when a read need not look any closer. */
  validUntil = new Uint32Array(0);
  loadedAt = new Uint32Array(0);
  /** What the entry is charged beyond its share of the tables. */
  payload = new Uint32Array(0);
  flags = new Uint8Array(0);
  /** Reads lately, 0 to 255; halved now and then. */
  reads = new Uint8Array(0);
  /** The origin's versions, NaN where it gave none; made when the first version arrives. */
  versions: Float64Array<ArrayBuffer> | undefined;
  capacity: Count = 0;
  #used: Count = 0;
  #firstFree = NEVER;
  readonly #mapBytes = new MapBytes();

  constructor(values: Values<V>) {
    this.values = values;
  }

  get size(): Count {
    return this.slotOf.size;
  }

  /** Slots that were ever used; above it all is empty. */
  get used(): Count {
    return this.#used;
  }

  get tableBytes(): Bytes {
    return this.capacity * this.#bytesPerSlot() + this.#mapBytes.bytes;
  }

  /** The part of `tableBytes` that V8's Map takes. */
  get indexBytes(): Bytes {
    return this.#mapBytes.bytes;
  }

  get mustGrow(): boolean {
    return this.#firstFree === NEVER && this.#used === this.capacity;
  }

  /** The capacity after the next growth, of a quarter; where memory is tight, of a thirty-second. */
  grownCapacity(growth: 'normal' | 'tight'): Count {
    const step = growth === 'normal' ? this.capacity >> 2 : this.capacity >> 5;
    return this.capacity + Math.max(FIRST_CAPACITY, step);
  }

  /** Size of the tables with one more entry, should the columns have this capacity. */
  tableBytesWith(capacity: Count): Bytes {
    return capacity * this.#bytesPerSlot() + this.#mapBytes.bytesAfterAdd;
  }

  add(key: string): number {
    let slot = this.#firstFree;
    if (slot === NEVER) slot = this.#used++;
    else this.#firstFree = this.loadedAt[slot]!;
    this.slotOf.set(key, slot);
    this.#mapBytes.added();
    this.keys[slot] = key;
    return slot;
  }

  remove(slot: number): void {
    this.slotOf.delete(this.keys[slot]!);
    this.#mapBytes.deleted();
    this.keys[slot] = undefined;
    this.values.clear(slot);
    this.validUntil[slot] = 0;
    this.payload[slot] = 0;
    this.flags[slot] = 0;
    this.reads[slot] = 0;
    this.loadedAt[slot] = this.#firstFree;
    this.#firstFree = slot;
  }

  isHeld(slot: number): boolean {
    return this.keys[slot] !== undefined;
  }

  version(slot: number): number | undefined {
    const version = this.versions?.[slot];
    return version === undefined || Number.isNaN(version) ? undefined : version;
  }

  setVersion(slot: number, version: number | undefined): void {
    if (version !== undefined) this.versions ??= new Float64Array(this.capacity).fill(Number.NaN);
    if (this.versions) this.versions[slot] = version ?? Number.NaN;
  }

  grow(capacity: Count): void {
    // Arrays of the exact length: a push would leave V8 to keep half as much again in reserve, uncounted.
    const keys = new Array<string | undefined>(capacity);
    for (let slot = 0; slot < this.#used; slot++) keys[slot] = this.keys[slot];
    this.keys = keys;
    this.values.grow(capacity);
    this.validUntil = widened(this.validUntil, new Uint32Array(capacity));
    this.loadedAt = widened(this.loadedAt, new Uint32Array(capacity));
    this.payload = widened(this.payload, new Uint32Array(capacity));
    this.flags = widened(this.flags, new Uint8Array(capacity));
    this.reads = widened(this.reads, new Uint8Array(capacity));
    if (this.versions) this.versions = widened(this.versions, new Float64Array(capacity).fill(Number.NaN));
    this.capacity = capacity;
  }

  /** The lowest free slot from `from` on. */
  freeSlotFrom(from: number): number {
    let slot = from;
    while (this.keys[slot] !== undefined) slot++;
    return slot;
  }

  /** Gives the entry another slot, a free one. The list of free slots is wrong until `shrink`. */
  move(from: number, to: number): void {
    const key = this.keys[from]!;
    this.slotOf.set(key, to);
    this.keys[to] = key;
    this.keys[from] = undefined;
    this.values.move(from, to);
    this.validUntil[to] = this.validUntil[from]!;
    this.loadedAt[to] = this.loadedAt[from]!;
    this.payload[to] = this.payload[from]!;
    this.flags[to] = this.flags[from]!;
    this.reads[to] = this.reads[from]!;
    if (this.versions) this.versions[to] = this.versions[from]!;
  }

  /** Cuts the columns to a capacity in whose slots all entries are, with none free. */
  shrink(capacity: Count): void {
    this.#used = capacity;
    this.#firstFree = NEVER;
    this.keys = this.keys.slice(0, capacity);
    this.values.shrink(capacity);
    this.validUntil = this.validUntil.slice(0, capacity);
    this.loadedAt = this.loadedAt.slice(0, capacity);
    this.payload = this.payload.slice(0, capacity);
    this.flags = this.flags.slice(0, capacity);
    this.reads = this.reads.slice(0, capacity);
    this.versions = this.versions?.slice(0, capacity);
    this.capacity = capacity;
  }

  halveReads(): void {
    for (let slot = 0; slot < this.#used; slot++) this.reads[slot] = this.reads[slot]! >> 1;
  }

  /** Moves the times so that `byMs` ago becomes zero. Older times become zero too. */
  rebase(byMs: number): void {
    for (let slot = 0; slot < this.#used; slot++) {
      if (!this.isHeld(slot)) continue;
      this.loadedAt[slot] = Math.max(0, this.loadedAt[slot]! - byMs);
      if (this.validUntil[slot] !== NEVER) this.validUntil[slot] = Math.max(0, this.validUntil[slot]! - byMs);
    }
  }

  #bytesPerSlot(): Bytes {
    return COLUMN_BYTES + KEY_BYTES + this.values.bytesPerSlot + (this.versions ? VERSION_BYTES : 0);
  }
}

function widened<A extends Uint8Array | Uint32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
