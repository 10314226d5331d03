import { FrequencySketch } from './frequency-sketch.ts';
import { GhostTable } from './ghost-table.ts';
import type { Tuning } from './tuning.ts';

// A slot's place; WINDOW, PROBATION and PROTECTED are also the positions of the lists' heads.
const WINDOW = 0;
const PROBATION = 1;
const PROTECTED = 2;
const NOWHERE = 3;
const HEADS = 3;

const PROTECTED_SHARE = 0.8;
const HITS_TO_ADMIT = 2;
const MOST_HITS = 15;

/**
 * A window, a main space in two segments, and the memory of keys that left. Every setting of the tuning works on the
 * same lists, so that a change of tuning moves a boundary and flushes nothing.
 */
export class SegmentedQueue {
  tuning: Tuning;
  #next = new Int32Array(HEADS);
  #previous = new Int32Array(HEADS);
  #hashes = new Int32Array(0);
  #places = new Uint8Array(0);
  #hits = new Uint8Array(0);
  readonly #sizes = new Int32Array(HEADS);
  readonly #sketch = new FrequencySketch();
  readonly #ghosts = new GhostTable();
  #remembered = 0;

  constructor(tuning: Tuning) {
    this.tuning = tuning;
    for (let head = 0; head < HEADS; head++) this.#next[head] = this.#previous[head] = head;
  }

  /** How many slots are held. */
  get size(): number {
    return (
      (this.#sizes[WINDOW] as number) +
      (this.#sizes[PROBATION] as number) +
      (this.#sizes[PROTECTED] as number)
    );
  }

  grow(capacity: number): void {
    this.#next = lengthened(this.#next, capacity + HEADS);
    this.#previous = lengthened(this.#previous, capacity + HEADS);
    this.#hashes = lengthened(this.#hashes, capacity);
    const places = new Uint8Array(capacity).fill(NOWHERE);
    places.set(this.#places);
    this.#places = places;
    const hits = new Uint8Array(capacity);
    hits.set(this.#hits);
    this.#hits = hits;
  }

  hit(slot: number): void {
    const hits = this.#hits[slot] as number;
    if (hits < MOST_HITS) this.#hits[slot] = hits + 1;
    const place = this.#places[slot] as number;
    if (place === PROBATION) {
      this.#move(slot, PROTECTED);
      if ((this.#sizes[PROTECTED] as number) > PROTECTED_SHARE * this.#mainSize()) this.#demote();
    } else if (place < NOWHERE && this.#next[place] !== slot + HEADS) {
      this.#move(slot, place);
    }
  }

  insert(slot: number, hash: number): void {
    this.#hashes[slot] = hash;
    this.#hits[slot] = 0;
    this.#sketch.add(hash, 1);
    const returns = this.#ghosts.take(hash) && this.tuning.admission === 'hits';
    this.#move(slot, returns ? PROBATION : WINDOW);
  }

  remove(slot: number): void {
    this.#move(slot, NOWHERE);
  }

  /** Chooses the slot to give up and forgets it. */
  evict(): number {
    const held = this.size;
    if (held > this.#remembered) this.#remember(held);
    const windowTarget = Math.max(1, Math.floor(held * this.tuning.windowShare));
    const mainTarget = held - windowTarget;
    while ((this.#sizes[WINDOW] as number) >= windowTarget || this.#mainSize() === 0) {
      const candidate = this.#last(WINDOW);
      if (candidate < 0) break;
      if (this.tuning.admission === 'hits') {
        if ((this.#hits[candidate] as number) < HITS_TO_ADMIT) return this.#leave(candidate);
        this.#admit(candidate);
        if (this.#mainSize() > mainTarget) return this.#leave(this.#mainVictim());
      } else if (this.#mainSize() < mainTarget) {
        this.#admit(candidate);
      } else {
        const victim = this.#mainVictim();
        if (victim < 0 || this.#frequency(candidate) <= this.#frequency(victim))
          return this.#leave(candidate);
        this.#admit(candidate);
        return this.#leave(victim);
      }
    }
    return this.#leave(this.#mainVictim());
  }

  #remember(entries: number): void {
    this.#remembered = Math.ceil(entries * 1.25);
    this.#sketch.resize(this.#remembered);
    this.#ghosts.setReach(this.#remembered);
  }

  #mainSize(): number {
    return (this.#sizes[PROBATION] as number) + (this.#sizes[PROTECTED] as number);
  }

  #mainVictim(): number {
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
    this.#count(slot);
    if (this.#places[slot] === WINDOW) this.#ghosts.add(this.#hashes[slot] as number);
    this.#move(slot, NOWHERE);
    return slot;
  }

  // Hits are written to the sketch when an entry changes segment, not on each read.
  #count(slot: number): void {
    this.#sketch.add(this.#hashes[slot] as number, this.#hits[slot] as number);
    this.#hits[slot] = 0;
  }

  #frequency(slot: number): number {
    return this.#sketch.estimate(this.#hashes[slot] as number) + (this.#hits[slot] as number);
  }

  #last(list: number): number {
    return (this.#previous[list] as number) - HEADS;
  }

  #move(slot: number, to: number): void {
    const at = slot + HEADS;
    const from = this.#places[slot] as number;
    if (from !== NOWHERE) {
      const after = this.#next[at] as number;
      const before = this.#previous[at] as number;
      this.#next[before] = after;
      this.#previous[after] = before;
      this.#sizes[from] = (this.#sizes[from] as number) - 1;
    }
    this.#places[slot] = to;
    if (to === NOWHERE) return;
    const first = this.#next[to] as number;
    this.#next[at] = first;
    this.#previous[at] = to;
    this.#previous[first] = at;
    this.#next[to] = at;
    this.#sizes[to] = (this.#sizes[to] as number) + 1;
  }
}

function lengthened(array: Int32Array<ArrayBuffer>, length: number): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(length);
  longer.set(array);
  return longer;
}
