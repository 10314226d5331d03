import type { AccessListener } from '../access.ts';
import type { Clock } from '../clock.ts';
import type { Count, Millis } from '../units.ts';
import { AccessTap } from './access-tap.ts';
import type { Entries } from './entries.ts';
import type { EvictionPolicy } from './eviction/policy.ts';

const RING: Count = 256;
/** How long one look at the clock serves the hits that follow, at most. */
const LOOK_LASTS_MS = 1;
/** Later than any time, as those stay below 2^30: the read must look. V8 compares it faster than Infinity. */
const UNKNOWN = 2 ** 31 - 1;
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
  #usedPrefetches: Count = 0;
  /** Entries that prefetching brought and nobody read yet. */
  unusedPrefetches: Count = 0;
  #lookTimer: NodeJS.Timeout | undefined;
  #isLookTimed = false;
  /** Who hears of accesses, and what they have not heard yet. */
  readonly tap: AccessTap<V>;
  readonly #entries: Entries<V>;
  readonly #policy: EvictionPolicy;

  constructor(entries: Entries<V>, policy: EvictionPolicy, clock: Clock) {
    this.#entries = entries;
    this.#policy = policy;
    this.tap = new AccessTap(entries, clock, () => this.#beforeDelivery());
  }

  get hits(): Count {
    return this.#hits + this.#waiting;
  }

  get usedPrefetches(): Count {
    return this.#usedPrefetches;
  }

  /** A look at the clock serves hits until a millisecond has passed or the ring is full, whichever is first. */
  looked(nowMs: Millis): void {
    this.nowMs = Math.trunc(nowMs);
    if (this.#isLookTimed) return;
    this.#isLookTimed = true;
    // Started again rather than made again: at a few thousand reads a second each of them comes here.
    if (this.#lookTimer) this.#lookTimer.refresh();
    else this.#lookTimer = setTimeout(this.#lookEnded, LOOK_LASTS_MS).unref();
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

  /** Must come before a slot changes hands: whoever is to see the hits so far knows slots only. */
  settle(): void {
    this.drain();
    this.tap.resolve();
  }

  /** Lets the policy see the hits so far. */
  drain(): void {
    const waiting = this.#waiting;
    if (waiting === 0) return;
    this.#waiting = 0;
    this.#hits += waiting;
    const shown = this.#credit > 0 || ++this.#batches % BATCHES_PER_SAMPLE === 0;
    if (shown) this.#show(waiting);
    this.#tell(waiting);
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
    const looking = this.unusedPrefetches > 0;
    if (!looking && !this.tap.isHeard) return;
    const firstUses = this.tap.hits(this.#ring, waiting, looking);
    this.unusedPrefetches -= firstUses;
    this.#usedPrefetches += firstUses;
  }

  listen(listener: AccessListener): Disposable {
    this.drain();
    const listening = this.tap.listen(listener);
    this.#limit = 1;
    return {
      [Symbol.dispose]: () => {
        listening[Symbol.dispose]();
        if (!this.tap.isHeard) this.#limit = RING;
      },
    };
  }

  // While someone listens, the first hit after a delivery comes here too and sets the timer for the next.
  #full(): void {
    if (this.#waiting >= RING) {
      this.drain();
      this.forgetTime();
    }
    this.#limit = RING;
    if (this.tap.isHeard) this.tap.arm();
  }

  readonly #lookEnded = (): void => {
    this.#isLookTimed = false;
    this.forgetTime();
  };

  #beforeDelivery(): void {
    this.drain();
    if (this.tap.isHeard) this.#limit = 1;
  }
}
