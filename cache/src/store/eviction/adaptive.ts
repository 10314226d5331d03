import type { Bytes, Count, Millis } from '../../units.ts';
import type { EvictionPolicy } from './policy.ts';
import { SegmentedQueue } from './segmented-queue.ts';
import { SizeSpread } from './size-spread.ts';
import { Trial } from './trial.ts';
import { EXPERTS, type Tuning } from './tuning.ts';

/** Entries looked at to find the one worth least for its size. */
const LOOKS: Count = 12;
/** Where sizes count the experts, who know none, are not followed: worth admits, and the window only sorts out scans. */
const SIZED: Tuning = { windowShare: 0.05, admission: 'worth', protectedShare: 0.75 };

/**
 * Evicts as the best of several policies would, whichever that is for the reads at hand.
 *
 * One structure, a window before a main space in two segments (SegmentedQueue), behaves like S3-FIFO [1], like
 * W-TinyLFU [2] or like LRU, by two settings: how large the window is, and what admits to the main space: one hit, two,
 * a frequency, or nothing. A third, how much of the main space outlives its last read for long, lets old working sets go
 * as ARC [5] does. Eight settings, the experts, run as shadow caches of hashes on a sample of the keys [3], the same keys
 * for all (Trial). The live cache takes over the settings of the expert with the most hits lately; boundaries move,
 * nothing is flushed. Where the sample is all keys it takes over the order and the memory of that expert's shadow too.
 * Published policies win on some reads and lose on others; this one pays a little for finding out.
 *
 * Choosing. Shadows start at the first eviction, as what the live cache holds then: all experts would hold just that.
 * Of the reads some 10,000 to 30,000 are remembered, exponentially: 14 an entry and more. The leader changes when
 * another is ahead by more than three times what chance explains and by what changing costs (ExpertRace), so that equals
 * do not take turns. LRU leads again once it is ahead at all.
 *
 * Rehearsing. Until the first eviction nothing has to be chosen, but a smaller cache would be choosing by then. Shadows
 * of an eighth of what is held rehearse each time that has doubled; who leads there by eight times chance leads at the
 * first eviction, else LRU. Small and large caches need not want the same, hence the wider margin. Where less than one
 * read in a hundred hit while all was kept, it is a guess that what came first is worth keeping, and little refutes it.
 *
 * Cost. A hit is a move in a list. Sampled keys, all of them up to 2,048 entries and 1 in n/2048 above, are also shown
 * to the shadows, at 40 to 70 ns an expert. A fill writes the memory that the leader asks: ghosts or frequencies, under
 * LRU none. 13 bytes a slot, plus 4 for frequencies and 2.5 for ghosts, 1 for sizes that spread and 1 for load costs; the
 * shadows add about 1 MB, an eighth of the budget at most. The first eviction walks all entries once: 40 ms at a million.
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
 * [5] Megiddo, Modha: ARC: a self-tuning, low overhead replacement cache, FAST 2003.
 */
export class AdaptivePolicy implements EvictionPolicy {
  readonly #live = new SegmentedQueue(EXPERTS[0] as Tuning, 'changing');
  readonly #trial = new Trial(this.#live);
  readonly #sizes = new SizeSpread();
  #capacity: Count = 0;
  #random = 0x2545f491;

  get tableBytes(): Bytes {
    return this.#live.tableBytes + this.#sizes.tableBytes + this.#trial.tableBytes;
  }

  setBudget(budgetBytes: Bytes): void {
    this.#trial.setBudget(budgetBytes);
  }

  grow(capacity: Count): void {
    this.#live.grow(capacity, capacity);
    this.#sizes.resize(capacity);
    this.#capacity = capacity;
    this.#trial.grown();
  }

  shrink(capacity: Count): void {
    this.#live.shrink(capacity);
    this.#sizes.resize(capacity);
    this.#capacity = capacity;
  }

  onHit(slot: number): void {
    this.#live.hit(slot);
    if (this.#isTrying()) this.#trial.hit(this.#live.hashOf(slot));
  }

  onMiss(hash: number): void {
    if (this.#isTrying()) this.#trial.missed(hash | 0);
  }

  onInsert(slot: number, hash: number, sizeBytes: Bytes, costMs: Millis): void {
    this.#sizes.set(slot, sizeBytes, costMs);
    this.#live.insert(slot, hash | 0);
  }

  onRestore(slot: number, hash: number, sizeBytes: Bytes, costMs: Millis, reads: Count): void {
    this.#sizes.set(slot, sizeBytes, costMs);
    this.#live.insertBehind(slot, hash | 0, reads);
  }

  onRemove(slot: number): void {
    this.#live.remove(slot);
    this.#trial.removed(this.#live.hashOf(slot));
  }

  /** The fill itself is not a read. */
  reads(slot: number): Count {
    return Math.max(0, this.#live.frequency(slot) - 1);
  }

  /** The expert that it follows. */
  get lesson(): number | undefined {
    return this.#trial.lesson;
  }

  learn(lesson: number): void {
    this.#trial.learn(lesson);
  }

  evict(): number {
    this.#trial.beforeEviction();
    this.#live.follow(this.#sizes.isWide ? SIZED : (EXPERTS[this.#trial.leader] as Tuning));
    return this.#sizes.isWide ? this.#evictBySize() : this.#live.evict();
  }

  #isTrying(): boolean {
    return this.#trial.isWatching && !this.#sizes.isWide;
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

  // Marsaglia's xorshift: any slot of the tables.
  #draw(): number {
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    return (this.#random >>> 0) % this.#capacity;
  }
}
