/**
 * What decides which entry leaves. The store keeps keys, values, bytes and expiry; a policy keeps only order.
 *
 * An entry is a slot, a small integer below the capacity. Hashes are 32-bit and seeded by the store, the same
 * for the same key, so that a policy can remember keys that have left (ghosts) and count frequencies.
 */
export interface EvictionPolicy {
  /** What its tables take now. A policy that does not tell is charged 32 bytes a slot. */
  readonly tableBytes?: number;
  /** What the whole cache may take from now on: a policy that learns beside the cache must keep its part of that small. */
  setBudget?(budgetBytes: number): void;
  /** Makes room for slots below `capacity`; called before a higher slot is used. */
  grow(capacity: number): void;
  /** The slots from `capacity` on are free, and their room is wanted back. A policy that lacks it keeps its tables. */
  shrink?(capacity: number): void;
  /** A read found the slot. On the hit path: no allocation, a few nanoseconds. */
  onHit(slot: number): void;
  /** A read found nothing. Called once a miss, before the fill. */
  onMiss(hash: number): void;
  /** An entry was filled into a free slot. `sizeBytes` is its charged size, `costMs` what loading it took. */
  onInsert(slot: number, hash: number, sizeBytes: number, costMs: number): void;
  /**
   * An entry was filled into a free slot that was read last before all that is held, and so many times: a warm start
   * brings what was read most first. A policy that lacks it hears of an insert and of so many hits.
   */
  onRestore?(slot: number, hash: number, sizeBytes: number, costMs: number, reads: number): void;
  /** The slot was deleted, replaced or expired, not evicted. */
  onRemove(slot: number): void;
  /** How often the slot was read lately, roughly. A policy that does not count lacks it, and no entry is hot. */
  reads?(slot: number): number;
  /** What it has learned of the reads so far, in a number of its own: the next process may begin with it. */
  readonly lesson?: number | undefined;
  /** Begins with what an earlier process had learned, until that is shown to be wrong. A number it does not know is nothing. */
  learn?(lesson: number): void;
  /** Chooses the slot to give up and forgets it. Called only when at least one slot is held. */
  evict(): number;
}
