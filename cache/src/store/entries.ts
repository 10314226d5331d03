import type { Bytes, Count, Millis } from '../units.ts';
import { HitPath, NEVER } from './hit-path.ts';
import { MapBytes } from './map-bytes.ts';
import { PayloadSizes } from './payload-sizes.ts';
import { RareColumn } from './rare-column.ts';
import type { Values } from './values.ts';

/** Bits of the flags column. */
export const Flag = {
  /** `validUntil` is the start of the refresh-ahead window, not the end of life. */
  softEnd: 1,
  /** Brought by prefetching and not read yet. */
  prefetched: 2,
  tagged: 4,
} as const;

const VALID_UNTIL_BYTES: Bytes = 4;
const KEY_BYTES: Bytes = 8;
const FIRST_CAPACITY: Count = 64;
const NO_SLOT = -1;
/** Free slots cost a look too. */
const LOOKS_PER_KEY: Count = 10;
/** Columns keep no earlier time. */
const EARLIEST: Millis = -(2 ** 31);

/**
 * The table of what is held: an entry is a slot, a small integer, and each property a column. Numbers sit in typed
 * arrays, where they cost 1 to 4 bytes and no work of the garbage collector; times are whole milliseconds since the
 * cache was made. Columns that only some features need are made when the first entry needs them. Free slots form a list
 * through `validUntil`.
 */
export class Entries<V> {
  readonly path = new HitPath();
  readonly slotOf = this.path.slotOf;
  readonly values: Values<V>;
  readonly payload = new PayloadSizes();
  keys: (string | undefined)[] = [];
  capacity: Count = 0;
  readonly #loadedAt = new RareColumn((capacity) => new Int32Array(capacity), 0);
  readonly #flags = new RareColumn((capacity) => new Uint8Array(capacity), 0);
  readonly #versions = new RareColumn((capacity) => new Float64Array(capacity), Number.NaN);
  #used: Count = 0;
  #firstFree = NO_SLOT;
  #bytesPerSlot: Bytes = 0;
  // Kept as a number: the budget asks at every fill.
  #columnBytes: Bytes = 0;
  #hasRareColumns = false;
  readonly #mapBytes = new MapBytes();

  constructor(values: Values<V>) {
    this.values = values;
    this.#sumBytes();
  }

  get size(): Count {
    return this.slotOf.size;
  }

  /** Slots that were ever used; above it all is empty. */
  get used(): Count {
    return this.#used;
  }

  get tableBytes(): Bytes {
    return this.#columnBytes + this.#mapBytes.bytes;
  }

  /** As `tableBytes` with one more entry, should a slot be free. */
  get tableBytesAfterAdd(): Bytes {
    return this.#columnBytes + this.#mapBytes.bytesAfterAdd;
  }

  /** The part of `tableBytes` that V8's Map takes. */
  get indexBytes(): Bytes {
    return this.#mapBytes.bytes;
  }

  /** Whether the columns are full. */
  get mustGrow(): boolean {
    return this.#firstFree === NO_SLOT && this.#used === this.capacity;
  }

  /** The capacity after the next growth, of a quarter; where memory is tight, of a thirty-second. */
  grownCapacity(growth: 'normal' | 'tight'): Count {
    const step = growth === 'normal' ? this.capacity >> 2 : this.capacity >> 5;
    return this.capacity + Math.max(FIRST_CAPACITY, step);
  }

  /** Size of the tables with one more entry, should the columns have this capacity. */
  tableBytesWith(capacity: Count): Bytes {
    return capacity * this.#bytesPerSlot + this.#mapBytes.bytesAfterAdd;
  }

  add(key: string): number {
    let slot = this.#firstFree;
    if (slot === NO_SLOT) slot = this.#used++;
    else this.#firstFree = this.path.validUntil[slot]!;
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
    this.payload.set(slot, 0);
    this.#flags.set(slot, 0);
    this.path.validUntil[slot] = this.#firstFree;
    this.#firstFree = slot;
  }

  isHeld(slot: number): boolean {
    return this.keys[slot] !== undefined;
  }

  flags(slot: number): number {
    return this.#flags.at(slot);
  }

  setFlags(slot: number, flags: number): void {
    if (flags !== 0) this.#make(this.#flags);
    this.#flags.set(slot, flags);
  }

  /** When the value came; zero or less, older than it is, for what came before anybody needed to know. */
  loadedAt(slot: number): Millis {
    return this.#loadedAt.at(slot);
  }

  version(slot: number): number | undefined {
    const version = this.#versions.at(slot);
    return Number.isNaN(version) ? undefined : version;
  }

  /** Sets what most entries of most caches have not. `ages`: whether anybody will ask when the value came. */
  note(
    slot: number,
    flags: number,
    version: number | undefined,
    loadedAtMs: Millis,
    ages: 'needed' | 'not-needed',
  ): void {
    if (ages === 'needed') this.#make(this.#loadedAt);
    if (version !== undefined) this.#make(this.#versions);
    this.setFlags(slot, flags);
    if (!this.#hasRareColumns) return;
    this.#loadedAt.set(slot, loadedAtMs);
    this.#versions.set(slot, version ?? Number.NaN);
  }

  /**
   * Up to `count` keys in slots below `slot`, downwards, and where it stopped. Downwards, because an entry that moves
   * goes to a lower slot: who has not met it yet still will.
   */
  keysBelow(slot: number, count: Count): { readonly keys: string[]; readonly slot: number } {
    const keys: string[] = [];
    let at = Math.min(slot, this.#used);
    for (let looks = count * LOOKS_PER_KEY; looks > 0 && at > 0 && keys.length < count; looks--) {
      const key = this.keys[--at];
      if (key !== undefined) keys.push(key);
    }
    return { keys, slot: at };
  }

  grow(capacity: Count): void {
    // Arrays of the exact length: a push would leave V8 to keep half as much again in reserve, uncounted.
    const keys = new Array<string | undefined>(capacity);
    for (let slot = 0; slot < this.#used; slot++) keys[slot] = this.keys[slot];
    this.keys = keys;
    this.values.grow(capacity);
    const validUntil = new Int32Array(capacity);
    validUntil.set(this.path.validUntil);
    this.path.validUntil = validUntil;
    this.payload.grow(capacity);
    for (const column of this.#rareColumns()) column.grow(capacity);
    this.capacity = capacity;
    this.#sumBytes();
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
    this.path.validUntil[to] = this.path.validUntil[from]!;
    this.payload.move(from, to);
    for (const column of this.#rareColumns()) column.move(from, to);
  }

  /** Cuts the columns to a capacity in whose slots all entries are, with none free. */
  shrink(capacity: Count): void {
    this.#used = capacity;
    this.#firstFree = NO_SLOT;
    this.keys = this.keys.slice(0, capacity);
    this.values.shrink(capacity);
    this.path.validUntil = this.path.validUntil.slice(0, capacity);
    this.payload.shrink(capacity);
    for (const column of this.#rareColumns()) column.shrink(capacity);
    this.capacity = capacity;
    this.#sumBytes();
  }

  /** Moves the times so that `byMs` ago becomes zero. Earlier times become negative: ages and stale windows go on. */
  rebase(byMs: number): void {
    const { validUntil } = this.path;
    for (let slot = 0; slot < this.#used; slot++) {
      if (!this.isHeld(slot)) continue;
      this.#loadedAt.set(slot, Math.max(EARLIEST, this.#loadedAt.at(slot) - byMs));
      if (validUntil[slot] !== NEVER) validUntil[slot] = Math.max(EARLIEST, validUntil[slot]! - byMs);
    }
  }

  #make(column: RareColumn): void {
    if (column.isMade) return;
    column.make(this.capacity);
    this.#hasRareColumns = true;
    this.#sumBytes();
  }

  #sumBytes(): void {
    const rare = this.#rareColumns().reduce((sum, column) => sum + column.bytesPerSlot, 0);
    this.#bytesPerSlot =
      VALID_UNTIL_BYTES + KEY_BYTES + this.payload.bytesPerSlot + this.values.bytesPerSlot + rare;
    this.#columnBytes = this.capacity * this.#bytesPerSlot;
  }

  #rareColumns(): readonly RareColumn[] {
    return [this.#loadedAt, this.#flags, this.#versions];
  }
}
