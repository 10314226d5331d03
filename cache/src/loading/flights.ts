import type { Count } from '../units.ts';

/** A load under way, and what has happened to its key meanwhile. */
export interface Flight<V> {
  readonly promise: Promise<V>;
  readonly controller: AbortController;
  /** Readers that wait for it. At 0 it is aborted, unless it runs for the cache itself. */
  readers: Count;
  readonly keepsGoing: boolean;
  /** Its value must be of this version at least; infinite after an invalidation that named none. */
  leastVersion: number;
  readonly startedAt: number;
}

/** One load a key at a time, and the memory of what was invalidated while loads run. */
export class Flights<V> {
  readonly #byKey = new Map<string, Flight<V>>();
  /** All that run, also those that new readers no longer join. */
  readonly #running = new Map<Flight<V>, string>();
  readonly #tagInvalidations = new Map<string, number>();
  #sequence = 0;

  joinable(key: string): Flight<V> | undefined {
    return this.#byKey.get(key);
  }

  start(
    key: string,
    keepsGoing: boolean,
    run: (flight: Flight<V>, signal: AbortSignal) => Promise<V>,
  ): Flight<V> {
    const controller = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<V>();
    const flight: Flight<V> = {
      promise,
      controller,
      readers: 0,
      keepsGoing,
      leastVersion: Number.NEGATIVE_INFINITY,
      startedAt: ++this.#sequence,
    };
    this.#byKey.set(key, flight);
    this.#running.set(flight, key);
    // A rejection nobody waits for any more is not an error of the process.
    promise.catch(() => {});
    run(flight, controller.signal)
      .finally(() => this.#end(key, flight))
      .then(resolve, reject);
    return flight;
  }

  /** Whether the value may be stored: nothing said meanwhile that it is no longer true. */
  isCurrent(flight: Flight<V>, version: number | undefined, tags: readonly string[]): boolean {
    if (
      flight.leastVersion !== Number.NEGATIVE_INFINITY &&
      !((version ?? Number.NaN) >= flight.leastVersion)
    ) {
      return false;
    }
    return !tags.some((tag) => (this.#tagInvalidations.get(tag) ?? 0) > flight.startedAt);
  }

  /** The key changed: loads under way may store only this version or a later one; new readers start afresh. */
  invalidate(key: string, version = Number.POSITIVE_INFINITY): void {
    if (this.#running.size === 0) return;
    this.#byKey.delete(key);
    for (const [flight, flying] of this.#running) {
      if (flying === key) flight.leastVersion = Math.max(flight.leastVersion, version);
    }
  }

  invalidateTag(tag: string): void {
    if (this.#running.size === 0) return;
    this.#tagInvalidations.set(tag, ++this.#sequence);
    // Which tags a value will carry is known only when it is loaded, so nobody joins what began before.
    this.#byKey.clear();
  }

  invalidatePrefix(prefix: string): void {
    for (const key of this.#running.values()) if (key.startsWith(prefix)) this.invalidate(key);
  }

  /** New readers of the key no longer join this load. */
  abandon(key: string, flight: Flight<V>): void {
    if (this.#byKey.get(key) === flight) this.#byKey.delete(key);
  }

  #end(key: string, flight: Flight<V>): void {
    this.abandon(key, flight);
    this.#running.delete(flight);
    if (this.#running.size === 0) this.#tagInvalidations.clear();
  }
}
