import type { Bytes, Count } from '../units.ts';
import { estimateSize } from './estimate-size.ts';

/** Where values are kept. `Stored` is what is kept of a value: itself, or its bytes. */
export interface Values<V, Stored = unknown> {
  /** Size of the columns that say where a slot's value is. */
  readonly bytesPerSlot: Bytes;
  read(slot: number): V | undefined;
  /** What would be kept of the value. */
  encode(value: V): Stored;
  /** What that takes, without the slot's columns. */
  sizeOf(stored: Stored): Bytes;
  write(slot: number, stored: Stored): void;
  clear(slot: number): void;
  grow(capacity: Count): void;
  /** The value of one slot becomes that of another, a free one. */
  move(from: number, to: number): void;
  /** Cuts the columns; the slots beyond are free. */
  shrink(capacity: Count): void;
  /** Memory taken from the system that holds no value now. */
  readonly reserveBytes: Bytes;
  /** Gives memory outside the heap back to the system, as far as it is empty. */
  trim(): void;
}

/** As `read`, for who learns of a value: one that its codec cannot decode is nothing to them, and may be replaced. */
export function readIfDecodable<V>(values: Values<V>, slot: number): V | undefined {
  try {
    return values.read(slot);
  } catch {
    return undefined;
  }
}

/** Whether objects are made immutable when they are stored, so that a reader who writes to one is found out. */
export type Freezing = 'deep' | 'none';

/** Values by reference on V8's heap: a hit hands out the object that was stored. */
export class ReferenceValues<V> implements Values<V, V> {
  readonly bytesPerSlot = 8;
  readonly reserveBytes = 0;
  readonly #freezing: Freezing;
  #values: (V | undefined)[] = [];

  constructor(freezing: Freezing) {
    this.#freezing = freezing;
  }

  read(slot: number): V | undefined {
    return this.#values[slot];
  }

  encode(value: V): V {
    if (this.#freezing === 'deep') freezeDeep(value);
    return value;
  }

  sizeOf(value: V): Bytes {
    return estimateSize(value);
  }

  write(slot: number, value: V): void {
    this.#values[slot] = value;
  }

  clear(slot: number): void {
    this.#values[slot] = undefined;
  }

  grow(capacity: Count): void {
    const values = new Array<V | undefined>(capacity);
    for (let slot = 0; slot < this.#values.length; slot++) values[slot] = this.#values[slot];
    this.#values = values;
  }

  move(from: number, to: number): void {
    this.#values[to] = this.#values[from];
    this.#values[from] = undefined;
  }

  shrink(capacity: Count): void {
    this.#values = this.#values.slice(0, capacity);
  }

  trim(): void {}
}

function freezeDeep(value: unknown): void {
  // What is frozen already may have parts that are not. A set and no recursion: parts may lead back, and deep down.
  const found = new Set([value]);
  for (const part of found) {
    // Memory behind a view cannot be frozen; JavaScript refuses with a TypeError.
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) continue;
    Object.freeze(part);
    for (const inner of Object.values(part)) if (typeof inner === 'object') found.add(inner);
  }
}
