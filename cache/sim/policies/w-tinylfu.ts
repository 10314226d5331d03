import { LinkedLists, NOWHERE } from './linked-lists.ts';
import type { SimulatedCache } from './policy.ts';

const [WINDOW, PROBATION, PROTECTED] = [1, 2, 3] as const;
const PROTECTED_SHARE = 0.8;
const STEP_SHARE = 0.0625;
const STEP_DECAY = 0.98;
const RESTART_AT_CHANGE = 0.05;
const SAMPLE_PER_ENTRY = 10;
const JITTER_FROM_FREQUENCY = 6;

/**
 * W-TinyLFU with the reactive window climber, as Caffeine 3.2 runs it: an LRU window, a 4-bit count-min admission
 * filter and a segmented LRU main space (Einziger et al., ToS 2017; "Adaptive software cache management", 2018).
 */
export class WTinyLfu implements SimulatedCache {
  readonly #entries: number;
  readonly #lists: LinkedLists;
  readonly #sketch: FrequencySketch;
  #window: number;
  #protected: number;
  #step: number;
  #reads = 0;
  #hits = 0;
  #previousHitRatio = 0;
  #random: number;

  constructor(entries: number, distinctKeys: number, seed: number) {
    this.#entries = entries;
    this.#lists = new LinkedLists(distinctKeys, 3);
    this.#sketch = new FrequencySketch(entries, seed);
    this.#window = Math.max(1, entries - Math.floor(entries * 0.99));
    this.#protected = Math.floor((entries - this.#window) * PROTECTED_SHARE);
    this.#step = -STEP_SHARE * entries;
    this.#random = (seed ^ 0x2545f491) | 1;
  }

  access(key: number): boolean {
    this.#sketch.increment(key);
    const where = this.#lists.listOf(key);
    const hit = where !== NOWHERE;
    if (where === NOWHERE) this.#lists.move(key, WINDOW);
    else if (where === PROBATION) this.#promote(key);
    else this.#lists.move(key, where);
    if (!hit) this.#evict();
    this.#reads++;
    if (hit) this.#hits++;
    if (this.#reads >= SAMPLE_PER_ENTRY * this.#entries) this.#climb();
    return hit;
  }

  #promote(key: number): void {
    this.#lists.move(key, PROTECTED);
    while (this.#lists.size(PROTECTED) > this.#protected)
      this.#lists.move(this.#lists.last(PROTECTED), PROBATION);
  }

  #evict(): void {
    let candidate = -1;
    while (this.#lists.size(WINDOW) > this.#window) {
      candidate = this.#lists.last(WINDOW);
      this.#lists.move(candidate, PROBATION);
    }
    if (this.#lists.size(WINDOW) + this.#lists.size(PROBATION) + this.#lists.size(PROTECTED) <= this.#entries)
      return;
    const victim =
      this.#lists.size(PROBATION) > 0
        ? this.#lists.last(PROBATION)
        : this.#lists.size(PROTECTED) > 0
          ? this.#lists.last(PROTECTED)
          : this.#lists.last(WINDOW);
    if (candidate < 0 || candidate === victim || this.#admits(candidate, victim))
      this.#lists.move(victim, NOWHERE);
    else this.#lists.move(candidate, NOWHERE);
  }

  #admits(candidate: number, victim: number): boolean {
    const wanted = this.#sketch.frequency(candidate);
    const held = this.#sketch.frequency(victim);
    if (wanted > held) return true;
    if (wanted < JITTER_FROM_FREQUENCY) return false;
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    return (this.#random & 127) === 0;
  }

  #climb(): void {
    const hitRatio = this.#hits / this.#reads;
    const change = hitRatio - this.#previousHitRatio;
    const amount = change >= 0 ? this.#step : -this.#step;
    this.#step =
      Math.abs(change) >= RESTART_AT_CHANGE
        ? STEP_SHARE * this.#entries * Math.sign(amount)
        : STEP_DECAY * amount;
    this.#previousHitRatio = hitRatio;
    this.#reads = 0;
    this.#hits = 0;
    // What the window gains the protected segment loses, and the other way round.
    const wanted = this.#window + Math.trunc(amount);
    const window = Math.max(1, Math.min(wanted, this.#window + this.#protected));
    this.#protected -= window - this.#window;
    this.#window = window;
    while (this.#lists.size(PROTECTED) > this.#protected)
      this.#lists.move(this.#lists.last(PROTECTED), PROBATION);
    while (this.#lists.size(WINDOW) > this.#window) this.#lists.move(this.#lists.last(WINDOW), PROBATION);
    while (this.#lists.size(WINDOW) < this.#window) {
      const from = this.#lists.size(PROBATION) > 0 ? PROBATION : PROTECTED;
      if (this.#lists.size(from) === 0) return;
      this.#lists.move(this.#lists.last(from), WINDOW);
    }
  }
}

/** Count-min with four counters a key, at most 15, halved after ten additions an entry. */
class FrequencySketch {
  readonly #counters: Uint8Array;
  readonly #mask: number;
  readonly #seed: number;
  readonly #sample: number;
  #additions = 0;

  constructor(entries: number, seed: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(entries, 8))) * 16;
    this.#counters = new Uint8Array(size);
    this.#mask = size - 1;
    this.#seed = seed;
    this.#sample = SAMPLE_PER_ENTRY * entries;
  }

  increment(key: number): void {
    let added = false;
    for (let row = 0; row < 4; row++) {
      const at = this.#at(key, row);
      const count = this.#counters[at] as number;
      if (count < 15) {
        this.#counters[at] = count + 1;
        added = true;
      }
    }
    if (added && ++this.#additions >= this.#sample) {
      let odd = 0;
      for (let at = 0; at <= this.#mask; at++) {
        const count = this.#counters[at] as number;
        odd += count & 1;
        this.#counters[at] = count >> 1;
      }
      this.#additions = (this.#additions - (odd >>> 2)) >>> 1;
    }
  }

  frequency(key: number): number {
    let least = 15;
    for (let row = 0; row < 4; row++) least = Math.min(least, this.#counters[this.#at(key, row)] as number);
    return least;
  }

  #at(key: number, row: number): number {
    let h = Math.imul(key ^ this.#seed, 0x9e3779b1) + Math.imul(row + 1, 0x85ebca6b);
    h ^= h >>> 15;
    h = Math.imul(h, 0xc2b2ae35);
    return (h ^ (h >>> 16)) & this.#mask;
  }
}
