import type { AccessRecord } from '../../src/access.ts';
import type { PrefetchOutcome } from '../../src/options.ts';
import type { PrefetchTarget } from '../../src/predict/prefetch-target.ts';
import type { EvictionPolicy } from '../../src/store/eviction/policy.ts';
import { hashKey } from '../../src/store/hash-key.ts';
import type { Count, Millis } from '../../src/units.ts';

export interface SimulatedCacheOptions {
  readonly entries: Count;
  readonly policy: EvictionPolicy;
  /** What a load takes, prefetched or not. */
  readonly loadMs: Millis;
  /**
   * Whether reads of a key that a demand load is fetching count as hits (as in the published hit ratios, which know
   * no load time) or as misses. Reads of a key that a prefetch is fetching always count as misses.
   */
  readonly joinedDemand: 'hit' | 'miss';
  readonly valueOf: (key: string) => unknown;
}

interface Load {
  readonly key: string;
  readonly readyMs: Millis;
  readonly origin: 'demand' | 'prefetch';
  /** Reads to play to the policy beside the fill, as the store does. */
  readonly hinted: Count;
  /** Somebody waits for it. */
  wanted: boolean;
}

/** `prefetched`: the first hit of an entry that a prefetch brought; `late`: its prefetch was still loading. */
export type ReadOutcome = 'hit' | 'prefetched' | 'late' | 'miss';

/**
 * The library's own eviction policy behind a load delay, in simulated time, telling its accesses the way the cache
 * does: in batches, at most a millisecond late.
 */
export class SimulatedCache implements PrefetchTarget {
  readonly #options: SimulatedCacheOptions;
  readonly #slots = new Map<string, number>();
  readonly #keys: string[] = [];
  readonly #free: number[] = [];
  readonly #loading = new Map<string, Load>();
  readonly #unread: Uint8Array;
  readonly #queue: Load[] = [];
  #head = 0;
  #batch: AccessRecord[] = [];
  #nowMs = 0;
  loadMs: Millis;
  hits = 0;
  misses = 0;
  demandLoads = 0;
  prefetches = 0;
  /** Waiting for loads, all reads together. */
  waitedMs = 0;

  constructor(options: SimulatedCacheOptions) {
    this.#options = options;
    this.loadMs = options.loadMs;
    this.#unread = new Uint8Array(options.entries);
    options.policy.grow(options.entries);
  }

  /** Moves time on: loads that end by then arrive. */
  advance(nowMs: Millis): void {
    for (let load = this.#queue[this.#head]; load && load.readyMs <= nowMs; load = this.#queue[this.#head]) {
      this.#head++;
      this.#loading.delete(load.key);
      if (load.origin === 'prefetch' || this.#options.joinedDemand === 'miss') this.#insert(load.key, load);
      this.#batch.push({
        key: load.key,
        outcome: 'fill',
        value: this.#options.valueOf(load.key),
        atMs: load.readyMs,
        origin: load.origin,
      });
    }
    if (this.#head > 65_536) {
      this.#queue.splice(0, this.#head);
      this.#head = 0;
    }
    this.#nowMs = nowMs;
  }

  /** Reads a key now; says how it went and when its value is there. */
  read(key: string): { readonly outcome: ReadOutcome; readonly readyMs: Millis } {
    const nowMs = this.#nowMs;
    const slot = this.#slots.get(key);
    if (slot !== undefined) {
      this.hits++;
      this.#options.policy.onHit(slot);
      const access: AccessRecord = { key, outcome: 'hit', value: this.#options.valueOf(key), atMs: nowMs };
      if (this.#unread[slot] === 0) {
        this.#batch.push(access);
        return { outcome: 'hit', readyMs: nowMs };
      }
      this.#unread[slot] = 0;
      this.#batch.push({ ...access, firstUseOfPrefetch: true });
      return { outcome: 'prefetched', readyMs: nowMs };
    }
    this.misses++;
    this.#batch.push({ key, outcome: 'miss', value: undefined, atMs: nowMs });
    this.#options.policy.onMiss(hashKey(key, 1));
    let load = this.#loading.get(key);
    const late = load?.origin === 'prefetch';
    if (load) load.wanted = true;
    else {
      this.demandLoads++;
      load = this.#load(key, 'demand');
      if (this.#options.joinedDemand === 'hit') this.#insert(key, load);
    }
    this.waitedMs += load.readyMs - nowMs;
    return { outcome: late ? 'late' : 'miss', readyMs: load.readyMs };
  }

  has(key: string): boolean {
    return this.#slots.has(key);
  }

  prefetch(key: string, { frequency = 0 }: { readonly frequency?: Count } = {}): PrefetchOutcome {
    if (this.has(key)) return 'held';
    if (this.#loading.has(key)) return 'in-flight';
    this.prefetches++;
    this.#load(key, 'prefetch', frequency);
    return 'started';
  }

  /** The accesses since the last call. */
  takeBatch(): AccessRecord[] {
    const batch = this.#batch;
    this.#batch = [];
    return batch;
  }

  #load(key: string, origin: Load['origin'], hinted: Count = 0): Load {
    const load = { key, origin, hinted, readyMs: this.#nowMs + this.loadMs, wanted: origin === 'demand' };
    this.#loading.set(key, load);
    this.#queue.push(load);
    return load;
  }

  #insert(key: string, load: Load): void {
    if (this.#slots.has(key)) return;
    const { policy, entries } = this.#options;
    if (this.#slots.size >= entries) {
      const slot = policy.evict();
      this.#slots.delete(this.#keys[slot]!);
      this.#free.push(slot);
    }
    const slot = this.#free.pop() ?? this.#slots.size;
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#unread[slot] = load.wanted ? 0 : 1;
    if (load.hinted > 0) policy.onMiss(hashKey(key, 1));
    policy.onInsert(slot, hashKey(key, 1), 1, this.loadMs);
    for (let read = 0; read < load.hinted; read++) policy.onHit(slot);
  }
}
