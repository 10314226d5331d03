import type { AccessListener, AccessRecord } from '../access.ts';
import type { Clock } from '../clock.ts';
import type { Count, Millis } from '../units.ts';
import { type Entries, Flag } from './entries.ts';
import type { EvictionPolicy } from './eviction/policy.ts';

const RING: Count = 256;
const DELIVERY_MS = 1;
/** How long one look at the clock serves the hits that follow, at most. */
const LOOK_LASTS_MS = 1;
/** Later than any time, as those stay below 2^30: the read must look. V8 compares it faster than Infinity. */
const UNKNOWN = 2 ** 31 - 1;
/** Records kept for listeners when the process does not come round to delivering them. */
const MOST_PENDING: Count = 65_536;
/** Hits a miss that the policy sees in full; of more, it sees one batch in sixteen. */
const HITS_PER_MISS: Count = 64;
const MOST_CREDIT: Count = 4096;
const BATCHES_PER_SAMPLE: Count = 16;
const READS_BEFORE_HALVING: Count = 8;
const MOST_READS = 255;

/**
 * Keeps what a hit leaves behind down to one number in a ring. Policy, counters and listeners see the hits when the
 * ring is full or before anything else changes, in the order in which they happened: batching as in BP-Wrapper [1].
 *
 * Order matters only where something must leave. While nearly every read hits, the policy is shown a sample: one batch
 * in sixteen once there were 64 hits a miss (a hit ratio above 98.5 %). Below that it sees every hit. Listeners see
 * all.
 *
 * [1] Ding, Jiang, Zhang: BP-Wrapper, ICDE 2009.
 */
export class AccessLog<V> {
  /** The time for the hit path, in the columns' terms, or unknown: then the read must look at the clock. */
  nowMs: Millis = UNKNOWN;
  readonly #ring = new Uint32Array(RING);
  #waiting: Count = 0;
  #limit: Count = RING;
  #hits: Count = 0;
  #credit: Count = MOST_CREDIT;
  #batches: Count = 0;
  #hitsToHalving: Count = 1024;
  #pending: AccessRecord[] = [];
  #dropped: Count = 0;
  #usedPrefetches: Count = 0;
  /** Entries that prefetching brought and nobody read yet. */
  unusedPrefetches: Count = 0;
  #timer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;
  readonly #listeners = new Set<AccessListener>();
  readonly #entries: Entries<V>;
  readonly #policy: EvictionPolicy;
  readonly #clock: Clock;

  constructor(entries: Entries<V>, policy: EvictionPolicy, clock: Clock) {
    this.#entries = entries;
    this.#policy = policy;
    this.#clock = clock;
  }

  get hits(): Count {
    return this.#hits + this.#waiting;
  }

  /** Accesses that no listener got to see. */
  get dropped(): Count {
    return this.#dropped;
  }

  get usedPrefetches(): Count {
    return this.#usedPrefetches;
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  /** A look at the clock serves hits until a millisecond has passed or the ring is full, whichever is first. */
  looked(nowMs: Millis): void {
    this.nowMs = Math.trunc(nowMs);
    this.#lookTimer ??= setTimeout(this.#forgetTime, LOOK_LASTS_MS).unref();
  }

  forgetTime(): void {
    this.nowMs = UNKNOWN;
  }

  hit(slot: number): void {
    const at = this.#waiting;
    this.#ring[at] = slot;
    this.#waiting = at + 1;
    if (at + 1 >= this.#limit) this.#full();
  }

  /** Lets the policy see the hits so far. Must come before a slot changes hands. */
  drain(): void {
    const waiting = this.#waiting;
    if (waiting === 0) return;
    this.#waiting = 0;
    this.#hits += waiting;
    const shown = this.#credit > 0 || ++this.#batches % BATCHES_PER_SAMPLE === 0;
    if (shown) this.#show(waiting);
    if (this.unusedPrefetches > 0 || this.#listeners.size > 0) this.#tell(waiting);
  }

  /** A miss makes the order matter again. */
  missed(): void {
    this.drain();
    this.#credit = Math.min(MOST_CREDIT, this.#credit + HITS_PER_MISS);
  }

  #show(waiting: Count): void {
    const { reads } = this.#entries;
    for (let i = 0; i < waiting; i++) {
      const slot = this.#ring[i]!;
      this.#policy.onHit(slot);
      if (reads[slot]! < MOST_READS) reads[slot] = reads[slot]! + 1;
    }
    if (this.#credit > 0) this.#credit -= waiting;
    this.#hitsToHalving -= waiting;
    if (this.#hitsToHalving > 0) return;
    this.#entries.halveReads();
    this.#hitsToHalving = Math.max(1024, this.#entries.size * READS_BEFORE_HALVING);
  }

  #tell(waiting: Count): void {
    const heard = this.#listeners.size > 0;
    const { flags } = this.#entries;
    for (let i = 0; i < waiting; i++) {
      const slot = this.#ring[i]!;
      const firstUse = (flags[slot]! & Flag.prefetched) !== 0;
      if (firstUse) {
        flags[slot] = flags[slot]! & ~Flag.prefetched;
        this.unusedPrefetches--;
        this.#usedPrefetches++;
      }
      if (heard) this.#recordHit(slot, firstUse);
    }
  }

  record(record: AccessRecord): void {
    if (this.#pending.length >= MOST_PENDING) this.#dropped++;
    else this.#pending.push(record);
    this.#timer ??= setTimeout(this.#deliver, DELIVERY_MS).unref();
  }

  listen(listener: AccessListener): Disposable {
    this.drain();
    this.#listeners.add(listener);
    this.#limit = 1;
    return {
      [Symbol.dispose]: () => {
        this.#listeners.delete(listener);
        if (this.#listeners.size === 0) this.#limit = RING;
      },
    };
  }

  /** Hands over what is pending now. */
  flush(): void {
    this.drain();
    clearTimeout(this.#timer);
    this.#deliver();
  }

  // While someone listens, the first hit after a delivery comes here too and sets the timer for the next.
  #full(): void {
    if (this.#waiting >= RING) {
      this.drain();
      this.forgetTime();
    }
    this.#limit = RING;
    if (this.#listeners.size > 0) this.#timer ??= setTimeout(this.#deliver, DELIVERY_MS).unref();
  }

  readonly #forgetTime = (): void => {
    this.#lookTimer = undefined;
    this.forgetTime();
  };

  readonly #deliver = (): void => {
    this.#timer = undefined;
    this.drain();
    if (this.#listeners.size > 0) this.#limit = 1;
    const batch = this.#pending;
    if (batch.length === 0) return;
    this.#pending = [];
    for (const listener of this.#listeners) {
      try {
        listener(batch);
      } catch (error) {
        // A learner at fault must not take the service down with it.
        process.emitWarning(`A cache access listener threw: ${String(error)}`, {
          code: 'L1_LISTENER_FAILED',
        });
      }
    }
  };

  #recordHit(slot: number, firstUse: boolean): void {
    const key = this.#entries.keys[slot]!;
    const value = this.#entries.values.read(slot);
    const atMs = this.#clock.now();
    this.record(
      firstUse
        ? { key, outcome: 'hit', value, atMs, firstUseOfPrefetch: true }
        : { key, outcome: 'hit', value, atMs },
    );
  }
}
