import type { Count, Millis } from '../units.ts';

/** A time no entry reaches: it does not expire. Also the time for reads that must look at the clock first. */
export const NEVER: Millis = 2 ** 31 - 1;

/** Hits that wait at most. */
export const RING: Count = 1024;

// The same two, not exported: V8 reads an exported constant from memory at every use.
const TIME_UNKNOWN = 2 ** 31 - 1;
const LAST_PLACE = 1023;

/**
 * All that a hit touches, in one object: every step through another object costs a hit about a nanosecond, and a hit
 * takes some 25. The table of entries keeps the first two fields, the access log the others.
 *
 * A full ring and a time too old to trust are one condition: the time becomes `NEVER`, which no entry outlives, and the
 * next read, which must look at the clock then, makes room first. So a hit calls nothing.
 */
export class HitPath {
  readonly slotOf = new Map<string, number>();
  /** Up to when a read need not look any closer; whole milliseconds since the cache was made. */
  validUntil = new Int32Array(0);
  /** The time for hits, in the same terms, or `NEVER`. Always a small integer: V8 compares it without a conversion. */
  nowMs: Millis = NEVER;
  /** Slots hit and not yet shown to anybody, oldest first. */
  readonly ring = new Uint32Array(RING);
  waiting: Count = 0;

  /** A read found the slot. There must be room in the ring: there is while `nowMs` is known. */
  hit(slot: number): void {
    const at = this.waiting;
    this.ring[at] = slot;
    this.waiting = at + 1;
    if (at === LAST_PLACE) this.nowMs = TIME_UNKNOWN;
  }
}
