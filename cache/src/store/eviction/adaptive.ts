import type { EvictionPolicy } from './policy.ts';
import { SegmentedQueue } from './segmented-queue.ts';
import { ShadowCache } from './shadow-cache.ts';
import type { Tuning } from './tuning.ts';

const EXPERTS: readonly Tuning[] = [
  { windowShare: 0.3, admission: 'hits' },
  { windowShare: 0.1, admission: 'hits' },
  { windowShare: 0.3, admission: 'frequency' },
  { windowShare: 0.1, admission: 'frequency' },
  { windowShare: 0.01, admission: 'frequency' },
];

const SHADOW_ENTRIES = 2048;
const EPOCH_READS = 256;
const MEMORY = 0.9;

/** Runs the live cache by the tuning that wins on a sample of the keys. */
export class AdaptivePolicy implements EvictionPolicy {
  readonly #live = new SegmentedQueue(EXPERTS[0] as Tuning);
  readonly #shadows = EXPERTS.map((tuning) => new ShadowCache(tuning));
  readonly #epochHits = new Float64Array(EXPERTS.length);
  readonly #scores = new Float64Array(EXPERTS.length);
  #hashes = new Int32Array(0);
  #capacity = 0;
  #sampleMask = 0;
  #sampledEntries = 0;
  #epochReads = 0;
  #lastMiss = 0;
  #leader = 0;

  grow(capacity: number): void {
    this.#live.grow(capacity);
    const hashes = new Int32Array(capacity);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#capacity = capacity;
  }

  onHit(slot: number): void {
    this.#live.hit(slot);
    const hash = this.#hashes[slot] as number;
    if (this.#sampledEntries > 0 && (hash & this.#sampleMask) === 0) this.#read(hash);
  }

  onMiss(hash: number): void {
    this.#lastMiss = hash | 0;
    if (this.#sampledEntries > 0 && (hash & this.#sampleMask) === 0) this.#read(hash | 0);
  }

  onInsert(slot: number, hash: number, _sizeBytes: number, _costMs: number): void {
    this.#live.insert(slot, hash | 0);
    this.#hashes[slot] = hash;
    if (this.#sampledEntries > 0 && (hash & this.#sampleMask) === 0 && this.#lastMiss !== (hash | 0)) {
      for (const shadow of this.#shadows) shadow.store(hash | 0);
    }
  }

  onRemove(slot: number): void {
    this.#live.remove(slot);
    const hash = this.#hashes[slot] as number;
    if (this.#sampledEntries > 0 && (hash & this.#sampleMask) === 0) {
      for (const shadow of this.#shadows) shadow.remove(hash);
    }
  }

  evict(): number {
    const held = this.#live.size;
    if (held > this.#sampledFor * 1.1 || held < this.#sampledFor * 0.9) this.#resample(held);
    return this.#live.evict();
  }

  #sampledFor = 0;

  #resample(held: number): void {
    this.#sampledFor = held;
    let rate = 1;
    let bits = 0;
    while (held / rate > SHADOW_ENTRIES) {
      rate *= 2;
      bits++;
    }
    const mask = bits === 0 ? 0 : ~0 << (32 - bits);
    const first = this.#sampledEntries === 0 || mask !== this.#sampleMask;
    this.#sampleMask = mask;
    this.#sampledEntries = Math.max(1, Math.round(held / rate));
    for (const shadow of this.#shadows) shadow.resize(this.#sampledEntries);
    if (!first) return;
    for (let slot = 0; slot < this.#capacity; slot++) {
      const hash = this.#hashes[slot] as number;
      if ((hash & mask) === 0) for (const shadow of this.#shadows) shadow.store(hash);
    }
  }

  #read(hash: number): void {
    for (let expert = 0; expert < this.#shadows.length; expert++) {
      if ((this.#shadows[expert] as ShadowCache).access(hash)) {
        this.#epochHits[expert] = (this.#epochHits[expert] as number) + 1;
      }
    }
    if (++this.#epochReads >= EPOCH_READS) this.#choose();
  }

  #choose(): void {
    this.#epochReads = 0;
    let best = this.#leader;
    for (let expert = 0; expert < this.#scores.length; expert++) {
      this.#scores[expert] = (this.#scores[expert] as number) * MEMORY + (this.#epochHits[expert] as number);
      this.#epochHits[expert] = 0;
      if ((this.#scores[expert] as number) > (this.#scores[best] as number)) best = expert;
    }
    if (best !== this.#leader) {
      this.#leader = best;
      this.#live.tuning = EXPERTS[best] as Tuning;
    }
  }
}
