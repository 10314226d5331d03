import type { Bytes, Count } from '../../units.ts';
import { ExpertRace } from './expert-race.ts';
import type { SegmentedQueue } from './segmented-queue.ts';
import { ShadowCaches } from './shadow-caches.ts';
import { EXPERTS } from './tuning.ts';

/** A shadow has at most so many entries; a larger cache is judged on a sample of its keys. */
const SHADOW_ENTRIES: Count = 2048;
/** Shadows take at most this part of the budget. They need some 512 bytes an entry, as each holds other keys … */
const SHADOW_SHARE = 1 / 8;
const BYTES_PER_SHADOW_ENTRY: Bytes = 512;
/** … and say nothing with fewer entries: a cache so small is an LRU. */
const FEWEST_SHADOW_ENTRIES: Count = 32;
/** While the cache fills, shadows of an eighth of it rehearse, at most so many entries each … */
const REHEARSAL_ENTRIES: Count = 512;
const REHEARSAL_SHARE = 1 / 8;
/** … on so many reads an entry of the cache, then again when it is twice as large. */
const REHEARSAL_READS_PER_ENTRY = 4;
/** A smaller cache has no rehearsal: it learns soon enough. */
const SMALLEST_REHEARSED: Count = 512;
const LRU = 0;
/** The expert for reads that return late or never: it keeps what came first. */
const KEEPS_FIRST = EXPERTS.length - 1;
/** Fewer hits than this while the cache filled say that reads are of that kind. */
const FEWEST_HITS_PER_MISS = 1 / 100;
/** Shadows are sized by what is held each time so many epochs of the race are over: some two reads an entry. */
const EPOCHS_A_SIZING: Count = 16;
/** Sampling starts anew when the number of entries has moved by so much. */
const RESAMPLE_AT = 0.1;

/**
 * Tries the experts on a sample of the keys that the live cache sees, and says who leads. AdaptivePolicy says why and at
 * what cost.
 */
export class Trial {
  readonly #live: SegmentedQueue;
  readonly #race = new ExpertRace(EXPERTS.length);
  #shadows = new ShadowCaches(EXPERTS);
  #stage: 'filling' | 'evicting' = 'filling';
  /** Who led in an earlier process, or in another pod. */
  #lesson: number | undefined;
  #hitsWhileFilling: Count = 0;
  #missesWhileFilling: Count = 0;
  #rehearsedFor: Count = 0;
  /** Sampled reads that are still shown to the shadows. */
  #readsToShow: Count = 0;
  #shadowBytes: Bytes = Number.POSITIVE_INFINITY;
  /** So many times at least the sample is halved, for want of room. */
  #fewestHalvings: Count = 0;
  #sampleMask = 0;
  #sampledFor: Count = 0;
  /** What a shadow holds. */
  #sampledEntries: Count = 0;
  #epochsToSizing: Count = EPOCHS_A_SIZING;

  constructor(live: SegmentedQueue) {
    this.#live = live;
  }

  get tableBytes(): Bytes {
    return this.#shadows.tableBytes;
  }

  /** The expert to follow: without a trial LRU, as nothing would show that another has become wrong. */
  get leader(): number {
    return this.isWatching ? this.#race.leader : LRU;
  }

  /** The leader, where this cache or the one it learned from has found one. */
  get lesson(): number | undefined {
    return this.#stage === 'evicting' ? this.leader : this.#lesson;
  }

  learn(lesson: number): void {
    if (EXPERTS[lesson]) this.#lesson = lesson;
  }

  /** Whether reads still tell it anything. */
  get isWatching(): boolean {
    return this.#readsToShow > 0 || this.#stage === 'filling';
  }

  setBudget(budgetBytes: Bytes): void {
    this.#shadowBytes = budgetBytes * SHADOW_SHARE;
    this.#fewestHalvings = 0;
    this.#fitShadows();
  }

  /** The live cache may hold more now. */
  grown(): void {
    const held = this.#live.size;
    if (this.#stage === 'filling' && held >= Math.max(SMALLEST_REHEARSED, 2 * this.#rehearsedFor))
      this.#rehearse(held);
  }

  hit(hash: number): void {
    if (this.#stage === 'filling') this.#hitsWhileFilling++;
    this.#show(hash);
  }

  missed(hash: number): void {
    if (this.#stage === 'filling') this.#missesWhileFilling++;
    this.#show(hash);
  }

  /** The key was deleted, replaced or expired: shadows must not count on it either. */
  removed(hash: number): void {
    if (this.#isSampled(hash)) this.#shadows.remove(hash);
  }

  beforeEviction(): void {
    const held = this.#live.size;
    if (this.#stage === 'filling') this.#endFilling(held);
    else if (Math.abs(held - this.#sampledFor) > RESAMPLE_AT * held) this.#resample(held);
  }

  #endFilling(held: Count): void {
    this.#stage = 'evicting';
    this.#race.endRehearsal();
    this.#guess(held);
    this.#begin(held);
  }

  #isSampled(hash: number): boolean {
    return (hash & this.#sampleMask) === 0;
  }

  #show(hash: number): void {
    if (this.#readsToShow <= 0 || !this.#isSampled(hash)) return;
    this.#readsToShow--;
    if (this.#race.count(this.#shadows.access(hash))) {
      const isTurn = this.#race.lead(this.#sampledEntries);
      if (this.#stage === 'evicting') {
        if (isTurn) this.#handOver();
        if (--this.#epochsToSizing === 0) this.#sizeShadows();
      }
    }
    this.#fitShadows();
  }

  // What the last leader kept is of little use to the next. Where all keys are in the sample, its shadow says what is.
  #handOver(): void {
    if (this.#sampleMask === 0) this.#shadows.handOver(this.#race.leader, this.#live);
  }

  // A sample is a little larger or smaller than its share. In a shadow a hundredth too large a loop fits that does not
  // fit the cache: it must hold as many of the sampled keys as the cache does.
  #sizeShadows(): void {
    this.#epochsToSizing = EPOCHS_A_SIZING;
    this.#sampledEntries = Math.max(1, this.#live.countSampled(this.#sampleMask));
    this.#shadows.resize(this.#sampledEntries);
  }

  // How many keys the shadows see follows from the reads; what that takes is known only then.
  #fitShadows(): void {
    while (this.#shadows.tableBytes > this.#shadowBytes) {
      this.#fewestHalvings++;
      if (this.#stage === 'filling') this.#stop();
      else this.#begin(this.#sampledFor);
    }
  }

  // Nothing must go yet, so nothing is decided; but a smaller cache would be choosing by now.
  #rehearse(held: Count): void {
    this.#rehearsedFor = held;
    this.#stop();
    if (!this.#sample(Math.floor(held * REHEARSAL_SHARE), REHEARSAL_ENTRIES)) return;
    this.#readsToShow = (REHEARSAL_READS_PER_ENTRY / REHEARSAL_SHARE) * this.#sampledEntries;
  }

  // What another cache found out is worth more than a rehearsal. Where hardly anything was read twice while all was
  // kept, recency has nothing to go by.
  #guess(held: Count): void {
    if (this.#lesson !== undefined) {
      this.#race.begin(this.#lesson, 'taught');
      return;
    }
    const misses = this.#missesWhileFilling;
    const isLateOrNever = misses >= held && this.#hitsWhileFilling < FEWEST_HITS_PER_MISS * misses;
    if (isLateOrNever && this.#race.leader === LRU) this.#race.begin(KEEPS_FIRST, 'guessing');
  }

  #resample(held: Count): void {
    const mask = this.#sampleMask;
    const isOfSameKeys =
      this.#readsToShow > 0 && this.#sample(held, SHADOW_ENTRIES) && mask === this.#sampleMask;
    if (isOfSameKeys) this.#sampledFor = held;
    else this.#begin(held);
  }

  // The shadows begin as what the cache holds now.
  #begin(held: Count): void {
    this.#sampledFor = held;
    this.#stop();
    if (!this.#sample(held, SHADOW_ENTRIES)) return;
    this.#readsToShow = Number.POSITIVE_INFINITY;
    this.#live.forEach((hash, reads) => {
      if (!this.#isSampled(hash)) return;
      for (let read = 0; read < Math.max(1, reads); read++) this.#shadows.access(hash);
    });
  }

  #stop(): void {
    this.#readsToShow = 0;
    this.#shadows = new ShadowCaches(EXPERTS);
  }

  /** Makes the shadows stand for a cache of so many entries. False where there is no room for as many as say something. */
  #sample(entries: Count, most: Count): boolean {
    const room = Math.min(most, this.#shadowBytes / BYTES_PER_SHADOW_ENTRY);
    const bits = Math.max(this.#fewestHalvings, Math.ceil(Math.log2(entries / room)), 0);
    if (bits > 0 && entries / 2 ** bits < FEWEST_SHADOW_ENTRIES) return false;
    // The upper bits choose the sample; tables are addressed by the lower ones, which stay spread.
    this.#sampleMask = bits === 0 ? 0 : ~0 << (32 - bits);
    this.#sampledEntries = Math.max(1, Math.round(entries / 2 ** bits));
    this.#shadows.resize(this.#sampledEntries);
    return true;
  }
}
