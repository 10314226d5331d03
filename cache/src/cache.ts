import type { AccessListener, AccessRecord, FillOrigin } from './access.ts';
import { type Clock, systemClock } from './clock.ts';
import { CacheError } from './errors.ts';
import {
  type Definition,
  type L1CacheOptions,
  Loaded,
  type Loader,
  type LoadOptions,
  type PrefetchOutcome,
  type SetOptions,
  type SetOutcome,
} from './options.ts';
import { estimateSize } from './store/estimate-size.ts';
import type { EvictionPolicy } from './store/eviction/policy.ts';
import { hashKey } from './store/hash-key.ts';
import { RecencyPolicy } from './store/recency.ts';
import type { Bytes, Count, Millis } from './units.ts';

const RING = 64;
const OVERHEAD: Bytes = 96;

export interface CacheStats {
  /** Reads answered with a fresh value. */
  readonly hits: Count;
  /** Reads that found nothing to serve. */
  readonly misses: Count;
  /** Values stored. */
  readonly fills: Count;
  /** Entries given up for room. */
  readonly evictions: Count;
}

interface Flight<V> {
  readonly promise: Promise<V>;
  readonly controller: AbortController;
  invalidated: boolean;
}

/** A cache inside the process with a fixed memory budget. */
export class L1Cache<V = unknown> {
  #budgetBytes: Bytes;
  #payloadBytes: Bytes = 0;
  #now: Millis;
  #cursor = 0;
  #drained = 0;
  #limit = 0;
  #misses = 0;
  #fills = 0;
  #evictions = 0;
  #capacity = 0;
  #timer: NodeJS.Timeout | undefined;
  #pending: AccessRecord[] = [];
  readonly #slots = new Map<string, number>();
  readonly #free: number[] = [];
  readonly #keys: (string | undefined)[] = [];
  readonly #values: (V | undefined)[] = [];
  readonly #ring = new Uint32Array(RING);
  #expiresAt = new Float64Array(0);
  #loadedAt = new Float64Array(0);
  #bytes = new Float64Array(0);
  #versions = new Float64Array(0);
  #prefetched = new Uint8Array(0);
  readonly #tags = new Map<string, Set<string>>();
  readonly #flights = new Map<string, Flight<V>>();
  readonly #definitions: [string, Definition<V>][] = [];
  readonly #listeners = new Set<AccessListener>();
  readonly #policy: EvictionPolicy;
  readonly #clock: Clock;
  readonly #seed: number;
  readonly #options: L1CacheOptions<V>;

  constructor(options: L1CacheOptions<V>) {
    this.#options = options;
    this.#budgetBytes = options.budgetBytes;
    this.#clock = options.clock ?? systemClock;
    this.#now = this.#clock.now();
    this.#seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
    this.#policy = options.policy ?? new RecencyPolicy();
  }

  get size(): Count {
    return this.#slots.size;
  }

  get payloadBytes(): Bytes {
    return this.#payloadBytes;
  }

  get chargedBytes(): Bytes {
    return this.#payloadBytes + this.#slots.size * OVERHEAD;
  }

  get budgetBytes(): Bytes {
    return this.#budgetBytes;
  }

  get(key: string): V | undefined {
    const slot = this.#slots.get(key);
    if (slot !== undefined) {
      if (this.#cursor === this.#limit) this.#tick();
      if (this.#expiresAt[slot]! > this.#now) {
        this.#ring[this.#cursor++ & (RING - 1)] = slot;
        return this.#values[slot];
      }
    }
    return this.#missed(key, slot);
  }

  has(key: string): boolean {
    return this.peek(key) !== undefined;
  }

  peek(key: string): V | undefined {
    const slot = this.#slots.get(key);
    return slot !== undefined && this.#expiresAt[slot]! > this.#clock.now() ? this.#values[slot] : undefined;
  }

  set(key: string, value: V, options: SetOptions = {}): SetOutcome {
    this.#tick();
    const held = this.#slots.get(key);
    const flight = this.#flights.get(key);
    if (flight) flight.invalidated = true;
    const version = options.version;
    if (held !== undefined && version !== undefined && version < this.#versions[held]!)
      return 'refused-older-version';
    const sizeBytes = 2 * key.length + (options.sizeBytes ?? estimateSize(value));
    const origin = options.origin ?? 'demand';
    const previous =
      held === undefined
        ? undefined
        : {
            value: this.#values[held]!,
            version: Number.isNaN(this.#versions[held]!) ? undefined : this.#versions[held]!,
            ageMs: this.#now - this.#loadedAt[held]!,
          };
    const loadCostMs = options.loadCostMs ?? 0;
    const ttlMs = Math.min(
      options.ttlMs ??
        this.#options.ttl?.(key, { value, origin, sizeBytes, loadCostMs, version, previous }) ??
        this.#options.ttlMs ??
        Number.POSITIVE_INFINITY,
      this.#options.maxAgeMs ?? Number.POSITIVE_INFINITY,
    );
    if (held !== undefined) this.#remove(held);
    if (sizeBytes + OVERHEAD > this.#budgetBytes) return 'refused-too-large';
    if (!(ttlMs > 0)) return 'refused-zero-ttl';
    while (this.chargedBytes + sizeBytes + OVERHEAD > this.#budgetBytes) this.#evict();
    const slot = this.#free.pop() ?? this.#grow();
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#values[slot] = value;
    this.#expiresAt[slot] = this.#now + ttlMs;
    this.#loadedAt[slot] = this.#now;
    this.#bytes[slot] = sizeBytes;
    this.#versions[slot] = version ?? Number.NaN;
    this.#prefetched[slot] = origin === 'prefetch' ? 1 : 0;
    this.#payloadBytes += sizeBytes;
    this.#policy.onInsert(slot, hashKey(key, this.#seed), sizeBytes, loadCostMs);
    for (const tag of options.tags ?? []) {
      const keys = this.#tags.get(tag) ?? new Set();
      this.#tags.set(tag, keys.add(key));
    }
    this.#fills++;
    if (this.#listeners.size > 0) {
      const record: AccessRecord = { key, outcome: 'fill', value, atMs: this.#now, origin, version };
      const same = previous && {
        sameValue:
          version !== undefined && previous.version !== undefined
            ? version === previous.version
            : Object.is(previous.value, value),
        previousAgeMs: previous.ageMs,
      };
      this.#record({ ...record, ...same });
    }
    return 'stored';
  }

  delete(key: string): boolean {
    const flight = this.#flights.get(key);
    if (flight) flight.invalidated = true;
    const slot = this.#slots.get(key);
    if (slot === undefined) return false;
    this.#remove(slot);
    return true;
  }

  invalidateTag(tag: string): Count {
    let removed = 0;
    for (const key of this.#tags.get(tag) ?? []) if (this.delete(key)) removed++;
    for (const flight of this.#flights.values()) flight.invalidated = true;
    this.#tags.delete(tag);
    return removed;
  }

  clear(): void {
    for (const flight of this.#flights.values()) flight.invalidated = true;
    for (const slot of [...this.#slots.values()]) this.#remove(slot);
    this.#tags.clear();
  }

  setBudget(bytes: Bytes): void {
    this.#budgetBytes = bytes;
    while (this.chargedBytes > bytes && this.#slots.size > 0) this.#evict();
  }

  async getOrLoad(key: string, load: Loader<V>, options: LoadOptions = {}): Promise<V> {
    const held = this.get(key);
    if (held !== undefined) return held;
    return this.#load(key, load, 'demand', options);
  }

  define(prefix: string, definition: Definition<V>): void {
    this.#definitions.push([prefix, definition]);
    this.#definitions.sort(([a], [b]) => b.length - a.length);
  }

  async read(key: string, options: LoadOptions = {}): Promise<V> {
    const definition = this.#definitionOf(key);
    if (!definition)
      throw new CacheError(
        'L1_NO_LOADER',
        `No loader is defined for "${key}". Call define(prefix, ...) first.`,
      );
    return this.getOrLoad(key, definition.load, { ...defaultsOf(definition), ...options });
  }

  prefetch(key: string): PrefetchOutcome {
    const definition = this.#definitionOf(key);
    if (!definition) return 'no-loader';
    if (!definition.prefetchable) return 'not-prefetchable';
    if (this.has(key)) return 'held';
    if (this.#flights.has(key)) return 'in-flight';
    this.#load(key, definition.load, 'prefetch', defaultsOf(definition)).catch(() => {});
    return 'started';
  }

  onAccesses(listener: AccessListener): Disposable {
    this.#drain();
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  stats(): CacheStats {
    return { hits: this.#cursor, misses: this.#misses, fills: this.#fills, evictions: this.#evictions };
  }

  #definitionOf(key: string): Definition<V> | undefined {
    return this.#definitions.find(([prefix]) => key.startsWith(prefix))?.[1];
  }

  #load(key: string, load: Loader<V>, origin: FillOrigin, options: LoadOptions): Promise<V> {
    const running = this.#flights.get(key);
    if (running && !running.invalidated) return running.promise;
    const controller = new AbortController();
    const startedMs = this.#clock.now();
    const run = async (): Promise<V> => {
      try {
        const answer = await load(key, { signal: controller.signal });
        const { value, options: said } = answer instanceof Loaded ? answer : { value: answer, options: {} };
        const current = this.#flights.get(key) === flight && !flight.invalidated;
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        if (current)
          this.set(key, value, { loadCostMs: this.#clock.now() - startedMs, ...options, ...said, origin });
        return value;
      } catch (error) {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        throw error;
      }
    };
    const flight: Flight<V> = { controller, invalidated: false, promise: Promise.resolve().then(run) };
    this.#flights.set(key, flight);
    return flight.promise;
  }

  #missed(key: string, slot: number | undefined): undefined {
    if (slot !== undefined) this.#remove(slot);
    this.#drain();
    this.#misses++;
    this.#policy.onMiss(hashKey(key, this.#seed));
    if (this.#listeners.size > 0) this.#record({ key, outcome: 'miss', value: undefined, atMs: this.#now });
    return undefined;
  }

  #evict(): void {
    this.#drain();
    const slot = this.#policy.evict();
    this.#forget(slot);
    this.#evictions++;
  }

  #remove(slot: number): void {
    this.#drain();
    this.#policy.onRemove(slot);
    this.#forget(slot);
  }

  #forget(slot: number): void {
    this.#slots.delete(this.#keys[slot]!);
    this.#keys[slot] = undefined;
    this.#values[slot] = undefined;
    this.#payloadBytes -= this.#bytes[slot]!;
    this.#free.push(slot);
  }

  #grow(): number {
    const slot = this.#slots.size;
    if (slot < this.#capacity) return slot;
    this.#capacity = Math.max(1024, this.#capacity * 2);
    const widen = (from: Float64Array) => {
      const to = new Float64Array(this.#capacity);
      to.set(from);
      return to;
    };
    this.#expiresAt = widen(this.#expiresAt);
    this.#loadedAt = widen(this.#loadedAt);
    this.#bytes = widen(this.#bytes);
    this.#versions = widen(this.#versions);
    const prefetched = new Uint8Array(this.#capacity);
    prefetched.set(this.#prefetched);
    this.#prefetched = prefetched;
    this.#policy.grow(this.#capacity);
    return slot;
  }

  /** Every 64 hits or 1 ms: reads the clock, lets the policy see the hits, wakes the listeners. */
  #tick(): void {
    this.#now = this.#clock.now();
    this.#drain();
    this.#limit = this.#drained + RING;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#limit = this.#cursor;
      this.#drain();
      const batch = this.#pending;
      this.#pending = [];
      if (batch.length > 0) for (const listener of this.#listeners) listener(batch);
    }, 1).unref();
  }

  #drain(): void {
    for (; this.#drained < this.#cursor; this.#drained++) {
      const slot = this.#ring[this.#drained & (RING - 1)]!;
      this.#policy.onHit(slot);
      if (this.#listeners.size === 0) continue;
      const first = this.#prefetched[slot] === 1;
      this.#prefetched[slot] = 0;
      const hit = {
        key: this.#keys[slot]!,
        outcome: 'hit' as const,
        value: this.#values[slot],
        atMs: this.#now,
      };
      this.#pending.push(first ? { ...hit, firstUseOfPrefetch: true } : hit);
    }
  }

  #record(record: AccessRecord): void {
    this.#pending.push(record);
    if (this.#cursor === this.#limit) this.#tick();
  }
}

function defaultsOf<V>(definition: Definition<V>): LoadOptions {
  return {
    ...(definition.ttlMs !== undefined && { ttlMs: definition.ttlMs }),
    ...(definition.tags && { tags: definition.tags }),
  };
}
