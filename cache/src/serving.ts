import type { Definitions } from './loading/definitions.ts';
import type { Loading, Source } from './loading/loading.ts';
import type { Store } from './store/store.ts';
import type { Millis } from './units.ts';

/** Decides what a read gets that is not plainly fresh: a refresh ahead, a stale value, or nothing. */
export class Serving<V> {
  readonly #store: Store<V>;
  readonly #loading: Loading<V>;
  readonly #definitions: Definitions<V>;
  readonly #maxAgeMs: Millis;

  constructor(store: Store<V>, loading: Loading<V>, definitions: Definitions<V>, maxAgeMs: Millis) {
    this.#store = store;
    this.#loading = loading;
    this.#definitions = definitions;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Past this age nothing of the key may be served. */
  maxAgeMs(key: string): Millis {
    return this.#definitions.of(key)?.maxAgeMs ?? this.#maxAgeMs;
  }

  /** Counts the read; true when the slot's value is the answer. `given` is the loader of a read-through. */
  serve(key: string, slot: number | undefined, given: Source<V> | undefined): boolean {
    const store = this.#store;
    if (slot === undefined) {
      store.missed(key);
      return false;
    }
    const nowMs = store.look();
    const { lifetimes } = store;
    if (lifetimes.freshUntil(slot) > nowMs) {
      if (store.entries.path.validUntil[slot]! <= nowMs) this.#refreshAhead(key, slot, given);
      store.entries.path.hit(slot);
      return true;
    }
    const maxAgeMs = this.maxAgeMs(key);
    const source = given ?? this.#definitions.of(key);
    if (source && lifetimes.servableStale(slot, nowMs, maxAgeMs, 'revalidating')) {
      this.#refresh(key, source);
      store.counters.staleHits++;
      store.servedStale(key, slot);
      return true;
    }
    if (lifetimes.keepUntil(slot, maxAgeMs) <= nowMs) store.remove(slot, 'expired');
    store.missed(key);
    return false;
  }

  /** What a read gets whose load failed: the stale value while it may still be served, or the error. */
  staleOr(key: string, error: unknown): V {
    const slot = this.#store.entries.slotOf.get(key);
    const servable =
      slot !== undefined &&
      this.#store.lifetimes.servableStale(slot, this.#store.nowMs(), this.maxAgeMs(key), 'load-failed');
    if (!servable) throw error;
    this.#store.counters.servedOnError();
    this.#store.servedStale(key, slot);
    return this.#store.entries.values.read(slot) as V;
  }

  #refreshAhead(key: string, slot: number, given: Source<V> | undefined): void {
    const store = this.#store;
    const source = given ?? this.#definitions.of(key);
    if (store.lifetimes.takeRefreshAhead(slot, store.reads(slot)) && source) this.#refresh(key, source);
  }

  #refresh(key: string, source: Source<V>): void {
    if (this.#loading.flights.joinable(key) || source.protection.isBusy) return;
    this.#store.counters.refreshes++;
    this.#loading.begin(key, source, 'refresh');
  }
}
