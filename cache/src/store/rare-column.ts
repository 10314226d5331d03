import type { Bytes, Count } from '../units.ts';

type Column = Uint8Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

/** A property that many caches never use: a column of numbers, made when the first entry has it. */
export class RareColumn {
  readonly #make: (capacity: Count) => Column;
  readonly #absent: number;
  #values: Column | undefined;

  /** @param absent What a slot has before it is told otherwise. */
  constructor(make: (capacity: Count) => Column, absent: number) {
    this.#make = make;
    this.#absent = absent;
  }

  get isMade(): boolean {
    return this.#values !== undefined;
  }

  get bytesPerSlot(): Bytes {
    return this.#values?.BYTES_PER_ELEMENT ?? 0;
  }

  at(slot: number): number {
    return this.#values === undefined ? this.#absent : this.#values[slot]!;
  }

  make(capacity: Count): void {
    this.#values ??= this.#make(capacity).fill(this.#absent) as Column;
  }

  /** Sets what a slot has, if the column is made. */
  set(slot: number, value: number): void {
    if (this.#values !== undefined) this.#values[slot] = value;
  }

  grow(capacity: Count): void {
    if (this.#values === undefined) return;
    const longer = this.#make(capacity).fill(this.#absent, this.#values.length) as Column;
    longer.set(this.#values);
    this.#values = longer;
  }

  shrink(capacity: Count): void {
    this.#values = this.#values?.slice(0, capacity);
  }

  /** The value of one slot becomes that of another. */
  move(from: number, to: number): void {
    this.set(to, this.at(from));
  }
}
