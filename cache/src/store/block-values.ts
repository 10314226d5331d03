import type { Bytes, Count } from '../units.ts';
import type { Values } from './values.ts';

/** Turns values into bytes and back. */
export interface Codec<V> {
  /** The bytes are copied at once: `encode` may write each value into the same memory. */
  encode(value: V): Uint8Array;
  /** Gets its own copy of the bytes. */
  decode(bytes: Uint8Array): V;
}

const BLOCK_BYTES: Bytes = 64;
/** The last four bytes of a block say which block is next. */
const DATA_BYTES: Bytes = BLOCK_BYTES - 4;
const BLOCKS_PER_SEGMENT: Count = 16_384;
const WORDS_PER_BLOCK = BLOCK_BYTES / 4;
const LAST_WORD = WORDS_PER_BLOCK - 1;
const NONE = 0xffff_ffff;

interface Segment {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
}

/**
 * Values as bytes outside V8's heap: blocks of 64 bytes in segments of 1 MiB, a value being a chain of blocks.
 *
 * One block size means that any free block serves any value: no fragmentation, no slab classes to rebalance, at the
 * price of 32 unused bytes a value on average and of a copy at each read. The garbage collector sees 1 object a MiB.
 */
export class BlockValues<V> implements Values<V, Uint8Array> {
  readonly bytesPerSlot = 8;
  readonly #codec: Codec<V>;
  readonly #segments: Segment[] = [];
  #heads = new Uint32Array(0);
  /** Length of the value plus one; 0 is no value. */
  #lengths = new Uint32Array(0);
  #firstFree = NONE;
  #usedBlocks: Count = 0;

  constructor(codec: Codec<V>) {
    this.#codec = codec;
  }

  get reserveBytes(): Bytes {
    return (this.#segments.length * BLOCKS_PER_SEGMENT - this.#usedBlocks) * BLOCK_BYTES;
  }

  /** Segments of 1 MiB taken from the system. */
  get segmentCount(): Count {
    return this.#segments.length;
  }

  read(slot: number): V | undefined {
    const length = this.#lengths[slot]! - 1;
    if (length < 0) return undefined;
    const value = new Uint8Array(length);
    let block = this.#heads[slot]!;
    for (let at = 0; at < length; at += DATA_BYTES) {
      const { bytes, words } = this.#segmentOf(block);
      const place = block % BLOCKS_PER_SEGMENT;
      const end = Math.min(DATA_BYTES, length - at);
      const from = place * BLOCK_BYTES;
      for (let i = 0; i < end; i++) value[at + i] = bytes[from + i]!;
      block = words[place * WORDS_PER_BLOCK + LAST_WORD]!;
    }
    return this.#codec.decode(value);
  }

  encode(value: V): Uint8Array {
    return this.#codec.encode(value);
  }

  sizeOf(stored: Uint8Array): Bytes {
    return Math.ceil(stored.length / DATA_BYTES) * BLOCK_BYTES;
  }

  write(slot: number, stored: Uint8Array): void {
    this.clear(slot);
    let previous = NONE;
    for (let at = 0; at < stored.length; at += DATA_BYTES) {
      const block = this.#take();
      const { bytes } = this.#segmentOf(block);
      const end = Math.min(DATA_BYTES, stored.length - at);
      const to = (block % BLOCKS_PER_SEGMENT) * BLOCK_BYTES;
      for (let i = 0; i < end; i++) bytes[to + i] = stored[at + i]!;
      if (previous === NONE) this.#heads[slot] = block;
      else this.#setNext(previous, block);
      previous = block;
    }
    if (previous !== NONE) this.#setNext(previous, NONE);
    this.#lengths[slot] = stored.length + 1;
  }

  clear(slot: number): void {
    const length = this.#lengths[slot]! - 1;
    this.#lengths[slot] = 0;
    let block = length > 0 ? this.#heads[slot]! : NONE;
    while (block !== NONE) {
      const next = this.#next(block);
      this.#setNext(block, this.#firstFree);
      this.#firstFree = block;
      this.#usedBlocks--;
      block = next;
    }
  }

  grow(capacity: Count): void {
    const heads = new Uint32Array(capacity);
    const lengths = new Uint32Array(capacity);
    heads.set(this.#heads);
    lengths.set(this.#lengths);
    this.#heads = heads;
    this.#lengths = lengths;
  }

  move(from: number, to: number): void {
    this.#heads[to] = this.#heads[from]!;
    this.#lengths[to] = this.#lengths[from]!;
    this.#lengths[from] = 0;
  }

  shrink(capacity: Count): void {
    this.#heads = this.#heads.slice(0, capacity);
    this.#lengths = this.#lengths.slice(0, capacity);
  }

  /** Moves values out of the last segments and drops these. Cost: every block is looked at. */
  trim(): void {
    const wanted = Math.ceil(this.#usedBlocks / BLOCKS_PER_SEGMENT);
    if (wanted === this.#segments.length) return;
    const limit = wanted * BLOCKS_PER_SEGMENT;
    let free = NONE;
    for (let block = this.#firstFree; block !== NONE; ) {
      const next = this.#next(block);
      if (block < limit) {
        this.#setNext(block, free);
        free = block;
      }
      block = next;
    }
    this.#firstFree = free;
    for (let slot = 0; slot < this.#lengths.length; slot++) {
      if (this.#lengths[slot]! <= 1) continue;
      if (this.#heads[slot]! >= limit) this.#heads[slot] = this.#moved(this.#heads[slot]!);
      for (let block = this.#heads[slot]!; this.#next(block) !== NONE; block = this.#next(block)) {
        if (this.#next(block) >= limit) this.#setNext(block, this.#moved(this.#next(block)));
      }
    }
    this.#segments.length = wanted;
  }

  #moved(block: number): number {
    const to = this.#firstFree;
    this.#firstFree = this.#next(to);
    const from = this.#segmentOf(block);
    const start = (block % BLOCKS_PER_SEGMENT) * BLOCK_BYTES;
    const data = from.bytes.subarray(start, start + BLOCK_BYTES);
    this.#segmentOf(to).bytes.set(data, (to % BLOCKS_PER_SEGMENT) * BLOCK_BYTES);
    return to;
  }

  #take(): number {
    if (this.#firstFree === NONE) this.#addSegment();
    const block = this.#firstFree;
    this.#firstFree = this.#next(block);
    this.#usedBlocks++;
    return block;
  }

  #addSegment(): void {
    const bytes = new Uint8Array(BLOCKS_PER_SEGMENT * BLOCK_BYTES);
    this.#segments.push({ bytes, words: new Uint32Array(bytes.buffer) });
    const first = (this.#segments.length - 1) * BLOCKS_PER_SEGMENT;
    for (let block = first; block < first + BLOCKS_PER_SEGMENT; block++) this.#setNext(block, block + 1);
    this.#setNext(first + BLOCKS_PER_SEGMENT - 1, NONE);
    this.#firstFree = first;
  }

  #segmentOf(block: number): Segment {
    return this.#segments[Math.floor(block / BLOCKS_PER_SEGMENT)]!;
  }

  #next(block: number): number {
    return this.#segmentOf(block).words[(block % BLOCKS_PER_SEGMENT) * WORDS_PER_BLOCK + LAST_WORD]!;
  }

  #setNext(block: number, next: number): void {
    this.#segmentOf(block).words[(block % BLOCKS_PER_SEGMENT) * WORDS_PER_BLOCK + LAST_WORD] = next;
  }
}
