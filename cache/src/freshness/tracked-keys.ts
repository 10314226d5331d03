import type { Count, Ratio } from '../units.ts';

/** No slot: the key is not tracked. */
export const UNTRACKED = -1;

/** A longer key lives by its template: the number of keys bounds their memory only where none is long. */
const LONGEST_KEY: Count = 255;

/** Slots a newcomer is compared with. */
const CANDIDATES = 8;

/**
 * What is remembered of each of the most read keys: columns of numbers, one slot a key, a fixed size.
 *
 * A newcomer takes the slot of the least read of eight random keys when that one was read at most once of late;
 * otherwise it stays out for now. Counts are halved each time as many newcomers have come as there are slots
 * (TinyLFU's ageing, arXiv 1512.00727), so a scan of keys read once does not push out the keys that are read.
 */
export class TrackedKeys {
  readonly capacity: Count;
  /** When the value now held was fetched. */
  readonly filledAtMs: Float64Array;
  /** The TTL given at that fetch. */
  readonly ttlMs: Float32Array;
  /** Version counter or digest of the ETag at that fetch; NaN when there was neither. */
  readonly stamp: Float64Array;
  /** The longest TTL the growth guard allows. */
  readonly guardMs: Float32Array;
  /** Reads since that fetch. */
  readonly hits: Uint32Array;
  /** Reads, fading with every fetch, and the time they took: their quotient is the read rate. */
  readonly reads: Float32Array;
  readonly readsOverMs: Float32Array;
  /** Fetches compared with the one before, up to 255. */
  readonly observations: Uint8Array;
  /** Changes seen in a row, up to 255. */
  readonly changesInRow: Uint8Array;
  /** Evidence that the rate has moved, in nats. */
  readonly movedNats: Float32Array;
  readonly #recency: Uint8Array;
  readonly #slots = new Map<string, number>();
  readonly #keys: (string | undefined)[] = [];
  readonly #rng: () => Ratio;
  #newcomers = 0;

  constructor(capacity: Count, rng: () => Ratio) {
    this.capacity = capacity;
    this.#rng = rng;
    this.filledAtMs = new Float64Array(capacity);
    this.ttlMs = new Float32Array(capacity);
    this.stamp = new Float64Array(capacity);
    this.guardMs = new Float32Array(capacity);
    this.hits = new Uint32Array(capacity);
    this.reads = new Float32Array(capacity);
    this.readsOverMs = new Float32Array(capacity);
    this.observations = new Uint8Array(capacity);
    this.changesInRow = new Uint8Array(capacity);
    this.movedNats = new Float32Array(capacity);
    this.#recency = new Uint8Array(capacity);
  }

  get size(): Count {
    return this.#slots.size;
  }

  slotOf(key: string): number {
    return this.#slots.get(key) ?? UNTRACKED;
  }

  /** NaN before the first fetch that ended a life. */
  readsPerMs(slot: number): number {
    return this.reads[slot]! / this.readsOverMs[slot]!;
  }

  /** Counts reads of a tracked key. */
  touch(slot: number, count: Count): void {
    this.hits[slot]! += count;
    this.#recency[slot] = Math.min(255, this.#recency[slot]! + count);
  }

  /** Gives the key a slot with empty columns, or `UNTRACKED` when the tracked ones are read more or it is too long. */
  admit(key: string): number {
    if (key.length > LONGEST_KEY) return UNTRACKED;
    let slot = this.#keys.length;
    if (slot < this.capacity) this.#keys.push(key);
    else {
      slot = this.#leastRead();
      if (slot === UNTRACKED) return UNTRACKED;
      this.#slots.delete(this.#keys[slot]!);
      this.#keys[slot] = key;
    }
    this.#slots.set(key, slot);
    this.filledAtMs[slot] = Number.NaN;
    this.stamp[slot] = Number.NaN;
    this.guardMs[slot] = Number.POSITIVE_INFINITY;
    this.ttlMs[slot] = 0;
    this.hits[slot] = 0;
    this.reads[slot] = 0;
    this.readsOverMs[slot] = 0;
    this.observations[slot] = 0;
    this.changesInRow[slot] = 0;
    this.movedNats[slot] = 0;
    this.#recency[slot] = 1;
    return slot;
  }

  #leastRead(): number {
    if (++this.#newcomers >= this.capacity) {
      this.#newcomers = 0;
      for (let slot = 0; slot < this.capacity; slot++) this.#recency[slot]! >>= 1;
    }
    let least = UNTRACKED;
    for (let i = 0; i < CANDIDATES; i++) {
      const slot = Math.floor(this.#rng() * this.capacity);
      if (least === UNTRACKED || this.#recency[slot]! < this.#recency[least]!) least = slot;
    }
    return this.#recency[least]! <= 1 ? least : UNTRACKED;
  }
}
