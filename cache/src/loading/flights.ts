import type { Count } from '../units.ts';

/** A load under way, and what has happened to its key meanwhile. */
export interface Flight<V> {
  readonly key: string;
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
  readonly #joinable = new Map<string, Flight<V>>();
  /** All that run, oldest first, also those that new readers no longer join. */
  readonly #running = new Set<Flight<V>>();
  readonly #byKey = new Map<string, Flight<V>[]>();
  /** The latest invalidation of each tag since the oldest load that runs began, oldest first. */
  readonly #tagInvalidations = new Map<string, number>();
  #sequence = 0;

  /** Invalidations of tags that loads under way could still run into. */
  get rememberedTags(): Count {
    return this.#tagInvalidations.size;
  }

  /** How many run. */
  get running(): Count {
    return this.#running.size;
  }

  joinable(key: string): Flight<V> | undefined {
    return this.#joinable.get(key);
  }

  /** Whether any load of the key runs, also one that new readers no longer join. */
  isLoading(key: string): boolean {
    return this.#byKey.has(key);
  }

  start(
    key: string,
    keepsGoing: boolean,
    run: (flight: Flight<V>, signal: AbortSignal) => Promise<V>,
  ): Flight<V> {
    const controller = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<V>();
    const flight: Flight<V> = {
      key,
      promise,
      controller,
      readers: 0,
      keepsGoing,
      leastVersion: Number.NEGATIVE_INFINITY,
      startedAt: ++this.#sequence,
    };
    this.#joinable.set(key, flight);
    this.#running.add(flight);
    const before = this.#byKey.get(key);
    if (before) before.push(flight);
    else this.#byKey.set(key, [flight]);
    // A rejection nobody waits for any more is not an error of the process.
    promise.catch(() => {});
    run(flight, controller.signal)
      .finally(() => this.#end(flight))
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
    // Asked at every set; mostly nothing is loading.
    if (this.#running.size === 0) return;
    this.#joinable.delete(key);
    for (const flight of this.#byKey.get(key) ?? []) raise(flight, version);
  }

  /** The flight has brought the key's value: loads of it that began before may store only a later version. */
  landed(flight: Flight<V>, version = Number.POSITIVE_INFINITY): void {
    for (const other of this.#byKey.get(flight.key) ?? []) {
      if (other.startedAt < flight.startedAt) raise(other, version);
    }
  }

  invalidateTag(tag: string): void {
    if (this.#running.size === 0) return;
    this.#tagInvalidations.delete(tag);
    this.#tagInvalidations.set(tag, ++this.#sequence);
    // Which tags a value will carry is known only when it is loaded, so nobody joins what began before.
    this.#joinable.clear();
  }

  invalidatePrefix(prefix: string): void {
    for (const key of this.#byKey.keys()) if (key.startsWith(prefix)) this.invalidate(key);
  }

  /** New readers of the key no longer join this load. */
  abandon(flight: Flight<V>): void {
    if (this.#joinable.get(flight.key) === flight) this.#joinable.delete(flight.key);
  }

  #end(flight: Flight<V>): void {
    this.abandon(flight);
    this.#running.delete(flight);
    const others = this.#byKey.get(flight.key)!.filter((other) => other !== flight);
    if (others.length > 0) this.#byKey.set(flight.key, others);
    else this.#byKey.delete(flight.key);
    this.#forgetTags();
  }

  /** Lets go of invalidations that came before all loads that run: under steady load some load always runs. */
  #forgetTags(): void {
    const [oldest] = this.#running;
    for (const [tag, at] of this.#tagInvalidations) {
      if (oldest && at > oldest.startedAt) return;
      this.#tagInvalidations.delete(tag);
    }
  }
}

function raise<V>(flight: Flight<V>, version: number): void {
  flight.leastVersion = Math.max(flight.leastVersion, version);
}
