import type { AccessListener } from '../access.ts';
import type { Clock } from '../clock.ts';
import type { Count, Millis } from '../units.ts';
import { AccessTap } from './access-tap.ts';
import type { Entries } from './entries.ts';
import type { EvictionPolicy } from './eviction/policy.ts';
import { type HitPath, NEVER, RING } from './hit-path.ts';

/** Fills that one look at the clock serves, at most. */
const FILLS_A_LOOK: Count = 256;
/** Hits a miss that the policy sees in full; of more, it sees one batch in 64. */
const HITS_PER_MISS: Count = 512;
const MOST_CREDIT: Count = 4096;
const BATCHES_PER_SAMPLE: Count = 64;

/**
 * Keeps what a hit leaves behind down to one number in a ring. Policy, counters and listeners see the hits when the
 * ring is full or before anything else changes, in the order in which they happened: batching as in BP-Wrapper [1].
 *
 * Order matters only where something must leave. While nearly every read hits, the policy is shown a sample: one batch
 * in 64 once there were 512 hits a miss (a hit ratio above 99.8 %). Below that it sees every hit. Listeners see all.
 *
 * [1] Ding, Jiang, Zhang: BP-Wrapper, ICDE 2009.
 */
export class AccessLog<V> {
  readonly #path: HitPath;
  #fillsOfLook: Count = 0;
  #hits: Count = 0;
  #credit: Count = MOST_CREDIT;
  #batches: Count = 0;
  #usedPrefetches: Count = 0;
  /** Entries that prefetching brought and nobody read yet. */
  unusedPrefetches: Count = 0;
  #willLookEnd = false;
  /** Who hears of accesses, and what they have not heard yet. */
  readonly tap: AccessTap<V>;
  readonly #policy: EvictionPolicy;

  constructor(entries: Entries<V>, policy: EvictionPolicy, clock: Clock) {
    this.#path = entries.path;
    this.#policy = policy;
    this.tap = new AccessTap(entries, clock, () => this.#beforeDelivery());
  }

  get hits(): Count {
    return this.#hits + this.#path.waiting;
  }

  get usedPrefetches(): Count {
    return this.#usedPrefetches;
  }

  /**
   * A look at the clock serves hits until the turn of the event loop ends or the ring is full, whichever is first. Not
   * until a timer of a millisecond: a process that sleeps with one armed programs the machine's timer first and wakes
   * once more for it, some 16 us of CPU for every read that comes alone.
   */
  looked(nowMs: Millis): void {
    this.#path.nowMs = nowMs | 0;
    this.#fillsOfLook = FILLS_A_LOOK;
    if (this.#willLookEnd) return;
    this.#willLookEnd = true;
    // Never unref'd: the loop could sleep before it ran, and the first read after would be served by an old time.
    setImmediate(this.#lookEnded);
  }

  /** Whether the last look serves one fill more. A life then begins early by what the turn has taken, and ends so. */
  servesFill(): boolean {
    return this.#path.nowMs !== NEVER && --this.#fillsOfLook >= 0;
  }

  forgetTime(): void {
    this.#path.nowMs = NEVER;
  }

  /** Makes room for one more hit, and sees to it that those who listen hear of it in time. */
  prepare(): void {
    if (this.#path.waiting === RING) this.drain();
    if (this.tap.isHeard) this.tap.arm();
  }

  /** Must come before a slot changes hands: whoever is to see the hits so far knows slots only. */
  settle(): void {
    this.drain();
    this.tap.resolve();
  }

  /** Lets the policy see the hits so far. Every fill asks; mostly there are none, so the work is apart. */
  drain(): void {
    if (this.#path.waiting > 0) this.#pass(this.#path.waiting);
  }

  #pass(waiting: Count): void {
    this.#path.waiting = 0;
    this.#hits += waiting;
    const shown = this.#credit > 0 || ++this.#batches % BATCHES_PER_SAMPLE === 0;
    if (shown) this.#show(waiting);
    this.#tell(waiting);
  }

  /** Something is missed or must leave: more hits are shown to the policy. */
  orderMatters(): void {
    this.#credit = Math.min(MOST_CREDIT, this.#credit + HITS_PER_MISS);
  }

  #show(waiting: Count): void {
    const { ring } = this.#path;
    for (let i = 0; i < waiting; i++) this.#policy.onHit(ring[i]!);
    if (this.#credit > 0) this.#credit -= waiting;
  }

  #tell(waiting: Count): void {
    const looking = this.unusedPrefetches > 0;
    if (!looking && !this.tap.isHeard) return;
    const firstUses = this.tap.hits(this.#path.ring, waiting, looking);
    this.unusedPrefetches -= firstUses;
    this.#usedPrefetches += firstUses;
  }

  listen(listener: AccessListener): Disposable {
    this.drain();
    this.forgetTime();
    return this.tap.listen(listener);
  }

  readonly #lookEnded = (): void => {
    this.#willLookEnd = false;
    this.forgetTime();
  };

  #beforeDelivery(): void {
    this.drain();
    // The next hit looks, and so sets the timer of the next delivery.
    this.forgetTime();
  }
}
