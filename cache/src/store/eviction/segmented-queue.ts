import { FrequencySketch } from './frequency-sketch.ts';
import { GhostTable } from './ghost-table.ts';
import type { Tuning } from './tuning.ts';

// A slot's place, in the lower bits of its state; the first three are also the positions of the lists' heads.
const WINDOW = 0;
const PROBATION = 1;
const PROTECTED = 2;
const NOWHERE = 3;
const HEADS = 3;
const PLACE_MASK = 3;
// The upper bits count the reads since the slot came into its place; what filled it is the first of its first place.
const ONE_READ = 4;
const READS_SHIFT = 2;
const MOST_READS = 15 << READS_SHIFT;

const HITS_TO_ADMIT = { 'one-hit': 1, 'two-hits': 2, worth: 2 } as const;
const GHOSTS_PER_ENTRY = 1.25;
const NO_SLOT = -1;
/** Two links, the hash and the state. */
const BYTES_PER_SLOT = 13;

/**
 * A window, a main space in two segments, and the memory of keys that left. Every setting of the tuning works on the
 * same lists, so that a change of tuning moves a boundary and flushes nothing.
 */
export class SegmentedQueue {
  tableBytes = 0;
  /** How many slots are held. */
  size = 0;
  #tuning: Tuning;
  #next = new Int32Array(HEADS);
  #previous = new Int32Array(HEADS);
  #hashes = new Int32Array(0);
  #states = new Uint8Array(0);
  readonly #sizes = new Int32Array(HEADS);
  readonly #sketch: FrequencySketch | undefined;
  readonly #ghosts: GhostTable | undefined;
  #judgedFor = 0;

  /** `fixed` keeps only the memories that its tuning asks, `changing` those that any may. */
  constructor(tuning: Tuning, life: 'fixed' | 'changing') {
    this.#tuning = tuning;
    if (life === 'changing' || asksSketch(tuning)) this.#sketch = new FrequencySketch();
    if (life === 'changing' || asksGhosts(tuning)) this.#ghosts = new GhostTable();
    for (let head = 0; head < HEADS; head++) this.#next[head] = this.#previous[head] = head;
  }

  /** Follows another tuning from now on: boundaries move and nothing is flushed. */
  follow(tuning: Tuning): void {
    if (tuning === this.#tuning) return;
    // Ghosts of before a rest would pass for new ones.
    if (!asksGhosts(this.#tuning)) this.#ghosts?.clear();
    this.#tuning = tuning;
  }

  /**
   * Follows what the other queue does and takes its order, as far as both hold the same keys: `slots` has for each of its
   * slots the one here, or -1. What only this one holds leaves before the rest of the main space; what only the other
   * holds is expected back.
   */
  takeAfter(other: SegmentedQueue, slots: Int32Array): void {
    this.follow(other.#tuning);
    for (const list of [PROBATION, PROTECTED, WINDOW]) {
      for (let left = this.#sizes[list] as number; left > 0; left--) this.#admit(this.#last(list));
    }
    if (other.#sketch !== undefined) this.#sketch?.copy(other.#sketch);
    other.forEach((hash, _reads, at) => {
      const slot = slots[at] as number;
      if (slot !== NO_SLOT) {
        this.#move(slot, other.#placeOf(at));
        this.#states[slot] = other.#states[at] as number;
      } else if (asksGhosts(this.#tuning)) this.#ghosts?.add(hash);
    });
  }

  /** Makes room for slots below `capacity`, of which at most `entries` are held at a time. */
  grow(capacity: number, entries: number): void {
    if (capacity > this.#states.length) this.#lengthen(capacity);
    this.#sketch?.resize(entries);
    this.#ghosts?.resize(entries);
    this.#resized();
  }

  /** Gives back the room of the slots from `capacity` on, all of them free, and a part of the memories. */
  shrink(capacity: number): void {
    this.#next = this.#next.slice(0, capacity + HEADS);
    this.#previous = this.#previous.slice(0, capacity + HEADS);
    this.#hashes = this.#hashes.slice(0, capacity);
    this.#states = this.#states.slice(0, capacity);
    this.#sketch?.shrink(capacity);
    this.#ghosts?.shrink(capacity);
    this.#resized();
  }

  #resized(): void {
    this.#judgedFor = 0;
    this.tableBytes =
      this.#states.length * BYTES_PER_SLOT +
      (this.#sketch?.tableBytes ?? 0) +
      (this.#ghosts?.tableBytes ?? 0);
  }

  #lengthen(capacity: number): void {
    this.#next = lengthened(this.#next, capacity + HEADS);
    this.#previous = lengthened(this.#previous, capacity + HEADS);
    this.#hashes = lengthened(this.#hashes, capacity);
    const states = new Uint8Array(capacity).fill(NOWHERE);
    states.set(this.#states);
    this.#states = states;
  }

  hit(slot: number): void {
    const state = this.#states[slot] as number;
    const place = state & PLACE_MASK;
    if (state < MOST_READS) this.#states[slot] = state + ONE_READ;
    // Where the last read alone decides, what an earlier tuning left in the main space joins the one order with it.
    const isByRecency = this.#tuning.admission === 'never';
    if (place === PROBATION && !isByRecency) {
      this.#move(slot, PROTECTED);
      if ((this.#sizes[PROTECTED] as number) > this.#tuning.protectedShare * this.#mainSize()) this.#demote();
    } else if (place < NOWHERE) {
      const to = isByRecency ? WINDOW : place;
      if (this.#next[to] !== slot + HEADS) this.#move(slot, to);
    }
  }

  insert(slot: number, hash: number): void {
    this.#hashes[slot] = hash;
    this.#states[slot] = NOWHERE + ONE_READ;
    const returns = asksGhosts(this.#tuning) && this.#ghosts?.take(hash);
    const place = returns ? PROBATION : WINDOW;
    this.#link(slot, place, place);
  }

  /** Takes in a slot that was read so many times, all of them before any that is held. */
  insertBehind(slot: number, hash: number, reads: number): void {
    this.#hashes[slot] = hash;
    this.#states[slot] = NOWHERE + Math.min(MOST_READS, (1 + reads) << READS_SHIFT);
    this.#link(slot, WINDOW, this.#previous[WINDOW] as number);
  }

  remove(slot: number): void {
    this.#countBeforeGoing(slot);
    this.#unlink(slot);
  }

  /** Chooses the slot to give up and forgets it. */
  evict(): number {
    const held = this.size;
    if (Math.abs(held - this.#judgedFor) > held / 8) this.#judge(held);
    const windowTarget = this.#windowTarget(held);
    const mainTarget = held - windowTarget;
    const { admission } = this.#tuning;
    while ((this.#sizes[WINDOW] as number) >= windowTarget || this.#mainSize() === 0) {
      const candidate = this.#last(WINDOW);
      if (candidate < 0) break;
      if (admission === 'never') return this.#leave(candidate);
      if (admission !== 'frequency') {
        if (this.#readsOf(candidate) <= HITS_TO_ADMIT[admission]) return this.#leave(candidate);
        this.#admit(candidate);
        if (this.#mainSize() > mainTarget) return this.#leave(this.#mainVictim());
      } else if (this.#mainSize() < mainTarget) {
        this.#admit(candidate);
      } else {
        const victim = this.#mainVictim();
        if (victim < 0 || this.frequency(candidate) <= this.frequency(victim)) return this.#leave(candidate);
        this.#admit(candidate);
        return this.#leave(victim);
      }
    }
    return this.#leave(this.#mainVictim());
  }

  /** The entry whose turn it is to leave the window, or -1 while the window is short. */
  windowCandidate(): number {
    return (this.#sizes[WINDOW] as number) >= this.#windowTarget(this.size) ? this.#last(WINDOW) : NO_SLOT;
  }

  holds(slot: number): boolean {
    return this.#placeOf(slot) !== NOWHERE;
  }

  isInMain(slot: number): boolean {
    const place = this.#placeOf(slot);
    return place === PROBATION || place === PROTECTED;
  }

  /** Gives up `victim`; `admitted` takes its place in the main space. */
  replace(victim: number, admitted: number): number {
    this.#admit(admitted);
    return this.#leave(victim);
  }

  /** Gives up this slot. */
  giveUp(slot: number): number {
    return this.#leave(slot);
  }

  /** How often the slot's key was read lately, here or before it came. */
  frequency(slot: number): number {
    return (this.#sketch?.estimate(this.#hashes[slot] as number) ?? 0) + this.#readsOf(slot);
  }

  /** How many slots are held whose hash has none of these bits. */
  countSampled(mask: number): number {
    let count = 0;
    for (let slot = 0; slot < this.#states.length; slot++) {
      if (((this.#hashes[slot] as number) & mask) === 0 && this.#placeOf(slot) !== NOWHERE) count++;
    }
    return count;
  }

  /** Every hash held, coldest first, with its reads in its place and its slot. */
  forEach(visit: (hash: number, reads: number, slot: number) => void): void {
    for (const list of [PROBATION, PROTECTED, WINDOW]) {
      for (let at = this.#previous[list] as number; at !== list; at = this.#previous[at] as number) {
        visit(this.#hashes[at - HEADS] as number, this.#readsOf(at - HEADS), at - HEADS);
      }
    }
  }

  hashOf(slot: number): number {
    return this.#hashes[slot] as number;
  }

  /** How many entries the window should have. Shrinking it passes its last ones to the main space, growing gives up the main space's. */
  #windowTarget(held: number): number {
    return Math.max(1, Math.floor(held * this.#tuning.windowShare));
  }

  // How far back ghosts and frequencies reach follows the number of entries.
  #judge(held: number): void {
    this.#judgedFor = held;
    this.#sketch?.setSample(held);
    this.#ghosts?.setReach(Math.ceil(held * GHOSTS_PER_ENTRY));
  }

  #mainSize(): number {
    return (this.#sizes[PROBATION] as number) + (this.#sizes[PROTECTED] as number);
  }

  #mainVictim(): number {
    // A main space that shrank is all protected; without this what is admitted next would leave at once.
    while ((this.#sizes[PROTECTED] as number) > this.#tuning.protectedShare * this.#mainSize())
      this.#demote();
    const probation = this.#last(PROBATION);
    return probation >= 0 ? probation : this.#last(PROTECTED);
  }

  #admit(slot: number): void {
    this.#count(slot);
    this.#move(slot, PROBATION);
  }

  #demote(): void {
    const slot = this.#last(PROTECTED);
    this.#count(slot);
    this.#move(slot, PROBATION);
  }

  #leave(slot: number): number {
    this.#countBeforeGoing(slot);
    if (asksGhosts(this.#tuning) && this.#placeOf(slot) === WINDOW)
      this.#ghosts?.add(this.#hashes[slot] as number);
    this.#unlink(slot);
    return slot;
  }

  // A resting sketch still hears of hits, but not of each of the many that came and went unread.
  #countBeforeGoing(slot: number): void {
    if (asksSketch(this.#tuning) || this.#readsOf(slot) > 1) this.#count(slot);
  }

  // Reads are written to the sketch when an entry changes segment, not at once.
  #count(slot: number): void {
    const reads = this.#readsOf(slot);
    if (reads === 0) return;
    this.#sketch?.add(this.#hashes[slot] as number, reads);
    this.#states[slot] = this.#placeOf(slot);
  }

  #placeOf(slot: number): number {
    return (this.#states[slot] as number) & PLACE_MASK;
  }

  #readsOf(slot: number): number {
    return (this.#states[slot] as number) >> READS_SHIFT;
  }

  #last(list: number): number {
    return (this.#previous[list] as number) - HEADS;
  }

  /** Moves the slot to the front of the list. */
  #move(slot: number, to: number): void {
    this.#unlink(slot);
    this.#link(slot, to, to);
  }

  #unlink(slot: number): void {
    const at = slot + HEADS;
    const next = this.#next[at] as number;
    const previous = this.#previous[at] as number;
    this.#next[previous] = next;
    this.#previous[next] = previous;
    const place = this.#placeOf(slot);
    this.#sizes[place]!--;
    this.size--;
    this.#states[slot]! += NOWHERE - place;
  }

  /** Puts a slot that is nowhere into the list, behind `before`: another slot's position or the list's head. */
  #link(slot: number, to: number, before: number): void {
    const at = slot + HEADS;
    const next = this.#next[before] as number;
    this.#next[at] = next;
    this.#previous[at] = before;
    this.#previous[next] = at;
    this.#next[before] = at;
    this.#sizes[to]!++;
    this.size++;
    this.#states[slot]! -= NOWHERE - to;
  }
}

/** Whether a tuning asks this memory. One that the leader does not ask rests: to write both is a quarter of a fill's cost. */
function asksSketch({ admission }: Tuning): boolean {
  return admission === 'frequency' || admission === 'worth';
}

function asksGhosts({ admission }: Tuning): boolean {
  return admission !== 'frequency' && admission !== 'never';
}

function lengthened(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(array);
  return longer;
}
