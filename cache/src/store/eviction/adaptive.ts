import type { Bytes, Count, Millis } from '../../units.ts';
import { ExpertRace } from './expert-race.ts';
import type { EvictionPolicy } from './policy.ts';
import { SegmentedQueue } from './segmented-queue.ts';
import { ShadowCaches } from './shadow-caches.ts';
import { SizeSpread } from './size-spread.ts';
import { EXPERTS, type Tuning } from './tuning.ts';

/** A shadow has at most so many entries; a larger cache is judged on a sample of its keys. */
const SHADOW_ENTRIES: Count = 2048;
/** While the cache fills, shadows of an eighth of it rehearse, at most so many entries each … */
const REHEARSAL_ENTRIES: Count = 512;
const REHEARSAL_SHARE = 1 / 8;
/** … on so many reads an entry of the cache, then again when it is twice as large. */
const REHEARSAL_READS_PER_ENTRY = 4;
/** A smaller cache has no rehearsal: it learns soon enough. */
const SMALLEST_REHEARSED: Count = 512;
/** The expert for reads that return late or never: it keeps what came first. */
const KEEPS_FIRST = EXPERTS.length - 1;
/** Fewer hits than this while the cache filled say that reads are of that kind. */
const FEWEST_HITS_PER_MISS = 1 / 100;
/** Entries looked at to find the one worth least for its size. */
const LOOKS: Count = 12;
/** Where sizes count the experts, who know none, are not followed: worth admits, and the window only sorts out scans. */
const SIZED: Tuning = { windowShare: 0.05, admission: 'worth', protectedShare: 0.75 };
/** Sampling starts anew when the number of entries has moved by so much. */
const RESAMPLE_AT = 0.1;

/**
 * Evicts as the best of several policies would, whichever that is for the reads at hand.
 *
 * One structure, a window before a main space in two segments (SegmentedQueue), behaves like S3-FIFO [1], like
 * W-TinyLFU [2] or like LRU, by two settings: how large the window is, and what admits to the main space: one hit, two,
 * a frequency, or nothing. Eight settings, the experts, run as shadow caches of hashes on a sample of the keys [3], the
 * same keys for all. The live cache takes over the settings of the expert with the most hits lately; boundaries move,
 * nothing is flushed. Published policies win on some reads and lose on others; this one pays a little for finding out.
 *
 * Choosing. Shadows start at the first eviction, as what the live cache holds then: all experts would hold just that.
 * Of the reads some 10,000 to 30,000 are remembered, exponentially: 14 an entry and more. The leader changes when
 * another is ahead by more than three times what chance explains and by what changing costs (ExpertRace), so that equals
 * do not take turns.
 *
 * Rehearsing. Until the first eviction nothing has to be chosen, but a smaller cache would be choosing by then. Shadows
 * of an eighth of what is held rehearse each time that has doubled; who leads there by eight times chance leads at the
 * first eviction, else LRU. Small and large caches need not want the same, hence the wider margin.
 *
 * Cost. A hit is a move in a list. Sampled keys, all of them up to 2,048 entries and 1 in n/2048 above, are also shown
 * to the shadows, at 40 to 70 ns an expert. A fill writes the memory that the leader asks: ghosts or frequencies, under
 * LRU none. 13 bytes a slot, plus 4 for frequencies and 2.5 for ghosts, 1 for sizes that spread and 1 for load costs; the
 * shadows add about 1 MB, whatever the size of the cache. The first eviction walks all entries once: 40 ms at a million.
 *
 * Sizes. Where sizes spread by more than a factor of two, the victim is the one of 12 drawn from the main space with
 * the fewest reads × load cost per byte [4], and it leaves only for an entry that is worth more; new keys still have
 * to pass a window, a small one whoever leads, which keeps scans out.
 *
 * Attacks. Hashes are seeded by the store, so nobody can choose keys that collide in the sketch or that fall outside
 * the sample. A flood of one-off keys passes through the window only.
 *
 * Bounds. An expert's sampled hits stand for the whole cache's [3]; no bound on the regret is proved, because the live
 * cache carries the past of earlier leaders. docs/eviction.md has what was measured.
 *
 * [1] Yang et al.: FIFO queues are all you need for cache eviction, SOSP 2023.
 * [2] Einziger, Friedman, Manes: TinyLFU, ACM ToS 2017; Einziger et al.: Adaptive software cache management, 2018.
 * [3] Waldspurger et al.: Efficient MRC construction with SHARDS, FAST 2015; Subramanian et al.: Adaptive caches,
 *     MICRO 2006, for following the better of two simulated policies.
 * [4] Blankstein et al.: Hyperbolic caching, USENIX ATC 2017; Berger et al.: GDSF's value, here on aged frequencies.
 */
export class AdaptivePolicy implements EvictionPolicy {
  readonly #live = new SegmentedQueue(EXPERTS[0] as Tuning, 'changing');
  #shadows = new ShadowCaches(EXPERTS);
  readonly #race = new ExpertRace(EXPERTS.length);
  readonly #sizes = new SizeSpread();
  #capacity: Count = 0;
  #stage: 'rehearsing' | 'evicting' = 'rehearsing';
  #rehearsedFor: Count = 0;
  /** Sampled reads that are still shown to the shadows. */
  #readsToShow: Count = 0;
  #sampleMask = 0;
  #sampledFor: Count = 0;
  /** What a shadow holds. */
  #sampledEntries: Count = 0;
  /** Entries held whose key is sampled. */
  #sampledHeld: Count = 0;
  #hitsWhileFilling: Count = 0;
  #missesWhileFilling: Count = 0;
  #random = 0x2545f491;

  get tableBytes(): Bytes {
    return this.#live.tableBytes + this.#sizes.tableBytes + this.#shadows.tableBytes;
  }

  grow(capacity: Count): void {
    this.#live.grow(capacity, capacity);
    this.#sizes.grow(capacity);
    this.#capacity = capacity;
    const held = this.#live.size;
    if (this.#stage === 'rehearsing' && held >= Math.max(SMALLEST_REHEARSED, 2 * this.#rehearsedFor))
      this.#rehearse(held);
  }

  onHit(slot: number): void {
    this.#live.hit(slot);
    if (this.#stage === 'rehearsing') this.#hitsWhileFilling++;
    if (this.#isRacing) this.#show(this.#live.hashOf(slot));
  }

  onMiss(hash: number): void {
    if (this.#stage === 'rehearsing') this.#missesWhileFilling++;
    if (this.#isRacing) this.#show(hash | 0);
  }

  onInsert(slot: number, hash: number, sizeBytes: Bytes, costMs: Millis): void {
    this.#sizes.set(slot, sizeBytes, costMs);
    this.#live.insert(slot, hash | 0);
    if (this.#isSampled(hash)) this.#sampledHeld++;
  }

  onRemove(slot: number): void {
    const hash = this.#live.hashOf(slot);
    this.#live.remove(slot);
    if (!this.#isSampled(hash)) return;
    this.#sampledHeld--;
    this.#shadows.remove(hash);
  }

  /** The fill itself is not a read. */
  reads(slot: number): Count {
    return Math.max(0, this.#live.frequency(slot) - 1);
  }

  evict(): number {
    const held = this.#live.size;
    if (Math.abs(held - this.#sampledFor) > RESAMPLE_AT * held) this.#resample(held);
    this.#live.follow(this.#sizes.isWide ? SIZED : (EXPERTS[this.#race.leader] as Tuning));
    const slot = this.#sizes.isWide ? this.#evictBySize() : this.#live.evict();
    if (this.#isSampled(this.#live.hashOf(slot))) this.#sampledHeld--;
    return slot;
  }

  get #isRacing(): boolean {
    return this.#readsToShow > 0 && !this.#sizes.isWide;
  }

  #evictBySize(): number {
    const live = this.#live;
    const candidate = live.windowCandidate();
    let victim = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let look = 0; look < LOOKS; look++) {
      const slot = this.#draw();
      if (!live.isInMain(slot)) continue;
      const worth = this.#worth(slot);
      if (worth >= least) continue;
      least = worth;
      victim = slot;
    }
    if (victim < 0) return live.evict();
    if (candidate < 0) return live.giveUp(victim);
    return this.#worth(candidate) > least ? live.replace(victim, candidate) : live.giveUp(candidate);
  }

  #worth(slot: number): number {
    return this.#live.frequency(slot) * this.#sizes.costPerByte(slot);
  }

  #isSampled(hash: number): boolean {
    return (hash & this.#sampleMask) === 0;
  }

  #show(hash: number): void {
    if (!this.#isSampled(hash)) return;
    this.#readsToShow--;
    if (!this.#race.count(this.#shadows.access(hash))) return;
    this.#race.lead(this.#sampledEntries);
    if (this.#stage === 'evicting') this.#sizeShadows();
  }

  // A sample is a little larger or smaller than its share. In a shadow a hundredth too large a loop fits that does not
  // fit the cache: it must hold as many of the sampled keys as the cache does.
  #sizeShadows(): void {
    if (Math.abs(this.#sampledHeld - this.#sampledEntries) <= Math.sqrt(this.#sampledEntries)) return;
    this.#sampledEntries = Math.max(1, this.#sampledHeld);
    this.#shadows.resize(this.#sampledEntries);
  }

  // Nothing must go yet, so nothing is decided; but a smaller cache would be choosing by now.
  #rehearse(held: Count): void {
    this.#rehearsedFor = held;
    this.#shadows = new ShadowCaches(EXPERTS);
    this.#sample(Math.floor(held * REHEARSAL_SHARE), REHEARSAL_ENTRIES);
    this.#readsToShow = (REHEARSAL_READS_PER_ENTRY / REHEARSAL_SHARE) * this.#sampledEntries;
  }

  #resample(held: Count): void {
    this.#sampledFor = held;
    const mask = this.#sampleMask;
    const isFirst = this.#stage === 'rehearsing';
    if (isFirst) {
      this.#stage = 'evicting';
      this.#readsToShow = Number.POSITIVE_INFINITY;
      this.#race.endRehearsal();
      this.#guess(held);
      this.#shadows = new ShadowCaches(EXPERTS);
    }
    this.#sample(held, SHADOW_ENTRIES);
    if (!isFirst && mask === this.#sampleMask) return;
    this.#sampledHeld = 0;
    this.#live.forEach((hash, reads) => {
      if (!this.#isSampled(hash)) return;
      this.#sampledHeld++;
      for (let read = 0; read < Math.max(1, reads); read++) this.#shadows.access(hash);
    });
  }

  // Where hardly anything was read twice while all was kept, recency has nothing to go by.
  #guess(held: Count): void {
    const misses = this.#missesWhileFilling;
    const isLateOrNever = misses >= held && this.#hitsWhileFilling < FEWEST_HITS_PER_MISS * misses;
    if (isLateOrNever && this.#race.leader === 0) this.#race.guess(KEEPS_FIRST);
  }

  /** Makes the shadows stand for a cache of so many entries. */
  #sample(entries: Count, most: Count): void {
    const bits = Math.max(0, Math.ceil(Math.log2(entries / most)));
    // The upper bits choose the sample; tables are addressed by the lower ones, which stay spread.
    this.#sampleMask = bits === 0 ? 0 : ~0 << (32 - bits);
    this.#sampledEntries = Math.max(1, Math.round(entries / 2 ** bits));
    this.#shadows.resize(this.#sampledEntries);
  }

  // Marsaglia's xorshift: any slot of the tables.
  #draw(): number {
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    return (this.#random >>> 0) % this.#capacity;
  }
}
