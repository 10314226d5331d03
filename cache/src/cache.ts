import type { AccessListener } from './access.ts';
import { assembleLoading, assembleStore } from './assemble.ts';
import { checkBudget, checkDefinition, checkOptions } from './check-options.ts';
import { type Clock, systemClock } from './clock.ts';
import { CacheError } from './errors.ts';
import { Definitions } from './loading/definitions.ts';
import type { Loading, Source } from './loading/loading.ts';
import { OriginProtection } from './loading/protection.ts';
import { CgroupMemory, type ContainerMemory } from './memory/container-memory.ts';
import { Maintenance } from './memory/maintenance.ts';
import type {
  BulkLoader,
  Definition,
  InvalidateOptions,
  KeyScan,
  L1CacheOptions,
  Loader,
  LoadOptions,
  PrefetchOutcome,
  SetOptions,
  SetOutcome,
} from './options.ts';
import { Serving } from './serving.ts';
import { SetTerms } from './set-terms.ts';
import {
  encodeSnapshot,
  type RestoreReport,
  restoreSnapshot,
  type SnapshotContents,
} from './snapshot/snapshot.ts';
import type { Entries } from './store/entries.ts';
import type { HitPath } from './store/hit-path.ts';
import { hottest } from './store/hottest.ts';
import type { CacheStats } from './store/stats.ts';
import type { Store } from './store/store.ts';
import type { Values } from './store/values.ts';
import type { Bytes, Count, Millis } from './units.ts';

const NO_OPTIONS: SetOptions = {};

/**
 * A cache inside the process with a fixed memory budget. A hit is one look-up in a `Map`, one comparison and one
 * number written: it allocates nothing, makes no system call and copies no value.
 */
export class L1Cache<V = unknown> implements Disposable {
  readonly #options: L1CacheOptions<V>;
  readonly #clock: Clock;
  readonly #memory: ContainerMemory;
  readonly #store: Store<V>;
  readonly #entries: Entries<V>;
  // Kept here too: on the hit path each step through another object counts.
  readonly #path: HitPath;
  readonly #values: Values<V>;
  readonly #loading: Loading<V>;
  readonly #protection: OriginProtection;
  readonly #definitions = new Definitions<V>();
  readonly #setTerms: SetTerms<V>;
  readonly #maintenance: Maintenance<V>;
  readonly #serving: Serving<V>;

  constructor(options: L1CacheOptions<V>) {
    this.#memory = options.containerMemory ?? new CgroupMemory();
    checkOptions(options, this.#memory);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const seed = options.seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
    this.#store = assembleStore(options, this.#clock, seed);
    this.#entries = this.#store.entries;
    this.#path = this.#entries.path;
    this.#values = this.#entries.values;
    this.#setTerms = new SetTerms(options);
    this.#protection = new OriginProtection(options.protection ?? {}, this.#clock);
    this.#loading = assembleLoading(options, this.#store, seed);
    const maxAgeMs = options.maxAgeMs ?? Number.POSITIVE_INFINITY;
    this.#serving = new Serving(this.#store, this.#loading, this.#definitions, maxAgeMs);
    this.#maintenance = new Maintenance(this.#store, (key) => this.#serving.maxAgeMs(key));
    if (options.memoryPressure === 'follow') this.#maintenance.followPressure(this.#memory);
  }

  /** How many entries are held, those not yet found to have expired among them. */
  get size(): Count {
    return this.#entries.size;
  }

  /** Keys, values and tags alone, as estimated when they were stored. */
  get payloadBytes(): Bytes {
    return this.#store.budget.payloadBytes;
  }

  /** What counts against the budget: the payload and every table of the cache. Never above `budgetBytes`. */
  get chargedBytes(): Bytes {
    return this.#store.budget.chargedBytes;
  }

  /** The budget now: lower than asked for while the cache follows the container's memory pressure. */
  get budgetBytes(): Bytes {
    return this.#store.budget.budgetBytes;
  }

  /** The value if it is held and fresh, or served stale while `define`'s loader renews it. Allocates nothing on a hit. */
  get(key: string): V | undefined {
    const path = this.#path;
    const slot = path.slotOf.get(key);
    if (slot !== undefined && path.validUntil[slot]! > path.nowMs) {
      path.hit(slot);
      return this.#values.read(slot);
    }
    return this.#serving.serve(key, slot, undefined) ? this.#values.read(slot!) : undefined;
  }

  /** The values that `get` gives for each key; keys without one are left out. */
  getMany(keys: readonly string[]): Map<string, V> {
    const found = new Map<string, V>();
    for (const key of keys) {
      const value = this.get(key);
      if (value !== undefined) found.set(key, value);
    }
    return found;
  }

  /**
   * About `count` of the keys held, expired ones that were not found yet among them. Begin with the cursor 0 and go on
   * with the one given until it is 0: a key held all that time has come at least once. The work of a call is bounded.
   */
  scan(cursor: number, count: Count): KeyScan {
    const { keys, slot } = this.#entries.keysBelow(cursor || this.#entries.used, Math.max(1, count));
    return { keys, cursor: this.size === 0 ? 0 : slot };
  }

  /** Whether a fresh value is held, or the fresh knowledge that there is none. Leaves no trace. */
  has(key: string): boolean {
    const slot = this.#entries.slotOf.get(key);
    return slot !== undefined && this.#store.lifetimes.freshUntil(slot) > this.#store.nowMs();
  }

  /** The value if it is held and fresh. No effect on order, counters or listeners. */
  peek(key: string): V | undefined {
    return this.has(key) ? this.#values.read(this.#entries.slotOf.get(key)!) : undefined;
  }

  /**
   * Stores a value. Loads of the key that are under way do not overwrite it, unless they bring a later version. Where it
   * cannot be stored, the value held before goes too, but for one of a later version.
   */
  set(key: string, value: V, options: SetOptions = NO_OPTIONS): SetOutcome {
    this.#loading.flights.invalidate(key, options.version);
    const defined = this.#definitions.of(key);
    try {
      return this.#store.put(key, value, options, this.#setTerms.of(defined, options.ttlMs));
    } catch (error) {
      // What a codec or a TTL policy threw goes to the caller; the value held before is no longer true all the same.
      const slot = this.#entries.slotOf.get(key);
      if (slot !== undefined) this.#store.remove(slot, 'overwritten');
      throw error;
    }
  }

  /**
   * Lets a value that is held and fresh live for `ttlMs` from now, as if it had been loaded now: for who knows that it
   * has not changed. It keeps its version and tags. Listeners hear of no fill. Returns whether one is held.
   */
  extend(key: string, ttlMs: Millis): boolean {
    if (!(ttlMs > 0) || !this.has(key)) return false;
    const terms = this.#setTerms.of(this.#definitions.of(key), ttlMs);
    this.#store.extend(this.#entries.slotOf.get(key)!, ttlMs, terms);
    // Its age, if it is the first that anybody asks for, takes a column, which may have cost it its place.
    return this.#entries.slotOf.has(key);
  }

  /** Forgets the key; loads of it that are under way are not stored, unless they bring `version` or a later one. */
  delete(key: string, options: InvalidateOptions = {}): boolean {
    this.#loading.flights.invalidate(key, options.version);
    if (options.version !== undefined) this.#store.fences.raise(key, options.version);
    const slot = this.#entries.slotOf.get(key);
    if (slot === undefined) return false;
    const held = this.#entries.version(slot);
    if (options.version !== undefined && held !== undefined && held >= options.version) return false;
    this.#store.remove(slot, 'deleted');
    return true;
  }

  /** Forgets every entry with the tag, also those being loaded now. Returns how many were held. */
  invalidateTag(tag: string): Count {
    this.#loading.flights.invalidateTag(tag);
    return this.#store.removeTagged(tag);
  }

  /** Forgets everything, or everything under a prefix, also what is being loaded now. Cost: all keys are looked at. */
  clear(prefix = ''): void {
    this.#loading.flights.invalidatePrefix(prefix);
    for (const [key, slot] of this.#entries.slotOf) {
      if (key.startsWith(prefix)) this.#store.remove(slot, 'cleared');
    }
  }

  /**
   * Changes the budget of this cache (with `workers`: this worker's part) at once, giving up entries until it holds.
   * @throws {CacheError} as for the option.
   */
  setBudget(budgetBytes: Bytes): void {
    checkBudget(budgetBytes, this.#memory);
    this.#maintenance.configuredBytes = budgetBytes;
    this.#store.setBudget(budgetBytes);
  }

  /** The value held, or else the one loaded; readers of a key that is being loaded wait for the same load. */
  getOrLoad(key: string, load: Loader<V>, options?: LoadOptions): Promise<V> {
    const path = this.#path;
    const slot = path.slotOf.get(key);
    if (slot !== undefined && path.validUntil[slot]! > path.nowMs) {
      path.hit(slot);
      return Promise.resolve(this.#values.read(slot) as V);
    }
    return this.#getOrLoad(key, slot, { load, protection: this.#protection }, options);
  }

  /**
   * As `getOrLoad` for several keys, with one call of the loader for all that must be loaded. Keys without a value are
   * left out. Renews nothing behind a reader's back but what `define` says how: other stale values are loaded anew.
   */
  async getOrLoadMany(
    keys: readonly string[],
    load: BulkLoader<V>,
    options?: LoadOptions,
  ): Promise<Map<string, V>> {
    const found = new Map<string, V>();
    const missing = new Set<string>();
    for (const key of keys) {
      const slot = this.#entries.slotOf.get(key);
      if (!this.#serving.serve(key, slot, undefined)) {
        missing.add(key);
        continue;
      }
      const value = this.#values.read(slot!);
      if (value !== undefined) found.set(key, value);
    }
    if (missing.size === 0) return found;
    options?.signal?.throwIfAborted();
    const wanted = [...missing];
    const loads = this.#loading.loadMany(wanted, load, { protection: this.#protection }, options);
    const values = await Promise.all(loads.map((loaded, i) => this.#orStale(wanted[i]!, loaded, options)));
    for (const [i, value] of values.entries()) if (value !== undefined) found.set(wanted[i]!, value);
    return found;
  }

  /**
   * Says how keys with the prefix are loaded. The longest prefix that fits a key counts.
   * @throws {CacheError} `L1_BAD_OPTION` when a number is out of range.
   */
  define(prefix: string, definition: Definition<V>): void {
    checkDefinition(definition);
    this.#definitions.add(prefix, definition, this.#protection, this.#clock);
  }

  /**
   * As `getOrLoad`, by the loader that `define` named.
   * @throws {CacheError} `L1_NO_LOADER` when no prefix fits.
   */
  read(key: string, options?: LoadOptions): Promise<V> {
    const defined = this.#definitions.of(key);
    if (defined) return this.#getOrLoad(key, this.#entries.slotOf.get(key), defined, options);
    return Promise.reject(
      new CacheError('L1_NO_LOADER', `No loader is defined for "${key}". Call define(prefix, …) first.`),
    );
  }

  /**
   * Loads the key because it may be asked for soon. Never disturbs an origin that is struggling. `known`: how often it
   * is believed to be read and when last; default: once and now, so that it must prove itself like any new key. What is
   * held counts as read so often from then on.
   */
  prefetch(key: string, known: Pick<SetOptions, 'frequency' | 'recency'> = NO_OPTIONS): PrefetchOutcome {
    const defined = this.#definitions.of(key);
    if (!defined) return 'no-loader';
    if (!defined.prefetchable) return 'not-prefetchable';
    if (this.has(key)) {
      if (known.frequency) this.#store.expect(this.#entries.slotOf.get(key)!, known.frequency);
      return 'held';
    }
    if (this.#loading.flights.joinable(key)) return 'in-flight';
    if (defined.protection.isBusy) return 'origin-busy';
    if (known.recency === 'oldest' && !this.#store.hasRoom) return 'no-room';
    this.#store.counters.prefetches++;
    this.#loading.begin(key, known === NO_OPTIONS ? defined : { ...defined, ...known }, 'prefetch');
    return 'started';
  }

  /** Loads under way, whoever waits for them. */
  get loadsInFlight(): Count {
    return this.#loading.flights.running;
  }

  /** The keys held and fresh, those read most lately first, at most so many. Cost: all entries are looked at. */
  hottest(max: Count): string[] {
    return hottest(this.#store, max);
  }

  /** What eviction has learned of the reads so far, for the cache of a process that will see the same kind. */
  get lesson(): number | undefined {
    return this.#store.lesson;
  }

  /** Begins with another's lesson, until reads show that it is wrong. Without effect once something was evicted. */
  learn(lesson: number): void {
    this.#store.learn(lesson);
  }

  /** Lets the listener see every access in batches, within about 1 ms, off the hit path. Dispose to stop. */
  onAccesses(listener: AccessListener): Disposable {
    return this.#store.log.listen(listener);
  }

  /** Hands the listeners what they have not seen yet, now. */
  flushAccesses(): void {
    this.#store.log.tap.deliver();
  }

  stats(): CacheStats {
    return this.#store.stats();
  }

  /**
   * What is held, hottest first, with what is needed to start warm. Values come back as `structuredClone` would copy
   * them, but for memory that they share: an instance of a class as a plain object.
   * @param unixMs when it is taken; the process that restores it counts the time between.
   * @throws {CacheError} `L1_BAD_SNAPSHOT` when a value cannot be serialised.
   */
  snapshot(contents: SnapshotContents = 'keys-and-values', unixMs: Millis = Date.now()): Buffer {
    return encodeSnapshot(this.#store, contents, unixMs);
  }

  /**
   * Takes in a snapshot; what this process holds or loads already is later and stays. A corrupt or foreign one is
   * refused, and the cache stays as it was. `maxAgeMs` counts anew from here, the rest of a fresh life does not.
   */
  restore(snapshot: Uint8Array, unixMs: Millis = Date.now()): RestoreReport {
    const knows = (key: string) => this.#entries.slotOf.has(key) || this.#loading.flights.isLoading(key);
    const set = (key: string, value: V, options: SetOptions) => this.set(key, value, options);
    return restoreSnapshot(snapshot, { knows, set, learn: (lesson) => this.learn(lesson) }, unixMs);
  }

  /** Stops the timers. What is held stays readable. */
  [Symbol.dispose](): void {
    this.#maintenance.stop();
  }

  #getOrLoad(
    key: string,
    slot: number | undefined,
    source: Source<V>,
    options: LoadOptions | undefined,
  ): Promise<V> {
    if (this.#serving.serve(key, slot, source)) return Promise.resolve(this.#values.read(slot!) as V);
    return this.#orStale(key, this.#loading.load(key, source, options), options);
  }

  #orStale(key: string, loaded: Promise<V>, options: LoadOptions | undefined): Promise<V> {
    if (this.#options.staleIfErrorMs === undefined) return loaded;
    return loaded.catch((error) => {
      if (options?.signal?.aborted) throw error;
      return this.#serving.staleOr(key, error);
    });
  }
}
