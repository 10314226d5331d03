import type { FillAccess, FillOrigin } from '../access.ts';
import { type BulkLoader, Loaded, type Loader, type LoadOptions, type SetOptions } from '../options.ts';
import type { Store } from '../store/store.ts';
import { traceLoad } from '../telemetry/channels.ts';
import type { Count, Millis } from '../units.ts';
import { type Flight, Flights } from './flights.ts';
import type { OriginProtection } from './protection.ts';
import { waitFor, withTimeout } from './wait.ts';

/** Where a value comes from and how long it may live. */
export interface Source<V> {
  readonly load: Loader<V>;
  readonly protection: OriginProtection;
  readonly ttlMs?: Millis | undefined;
  readonly maxAgeMs?: Millis | undefined;
  readonly tags?: readonly string[] | undefined;
  /** How often the key is believed to be read, and when last. */
  readonly frequency?: Count | undefined;
  readonly recency?: SetOptions['recency'];
}

export interface LoadingOptions<V> {
  readonly store: Store<V>;
  readonly timeoutMs: Millis;
  readonly maxAgeMs: Millis;
  /** The life of a loaded value; `ttlMs` is what its source says. */
  readonly lifeOf: (key: string, access: FillAccess<V>, ttlMs: Millis | undefined) => Millis;
}

/** Brings values from their origins into the store, one load a key at a time. */
export class Loading<V> {
  readonly flights = new Flights<V>();
  readonly #store: Store<V>;
  readonly #options: LoadingOptions<V>;

  constructor(options: LoadingOptions<V>) {
    this.#store = options.store;
    this.#options = options;
  }

  /** Waits for the value: joins a load under way or begins one. */
  load(key: string, source: Source<V>, options: LoadOptions | undefined): Promise<V> {
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
    const running = this.flights.joinable(key);
    if (running) this.#store.counters.joinedLoads++;
    const flight = running ?? this.begin(key, withOptions(source, options), 'demand');
    return waitFor(flight, options?.signal, () => this.#desert(flight, options?.signal));
  }

  /** Begins a load that nobody waits for yet. What `demand` begins is aborted when its last reader leaves. */
  begin(key: string, source: Source<V>, origin: FillOrigin): Flight<V> {
    return this.flights.start(key, origin !== 'demand', (flight) =>
      this.#run(key, source, origin, flight, () =>
        source.protection.run(flight.controller.signal, () =>
          withTimeout(`"${key}"`, this.#options.timeoutMs, flight.controller, () =>
            source.load(key, { signal: flight.controller.signal }),
          ),
        ),
      ),
    );
  }

  /** Loads several keys by one call of the loader; keys already being loaded are joined. */
  loadMany(
    keys: readonly string[],
    load: BulkLoader<V>,
    source: Omit<Source<V>, 'load'>,
    options: LoadOptions | undefined,
  ): Promise<V>[] {
    const wanted = keys.filter((key) => !this.flights.joinable(key));
    // One controller for all: the call ends when it times out, not when one of its readers leaves.
    const controller = new AbortController();
    let answers: Promise<ReadonlyMap<string, V | Loaded<V>>> | undefined;
    const loadAll = () => {
      answers ??= source.protection.run(controller.signal, () =>
        withTimeout(nameOf(wanted), this.#options.timeoutMs, controller, () =>
          load(wanted, { signal: controller.signal }),
        ),
      );
      return answers;
    };
    const one: Source<V> = { ...source, load: async (key) => (await loadAll()).get(key) as V | Loaded<V> };
    return keys.map((key) => {
      const running = this.flights.joinable(key);
      if (running) this.#store.counters.joinedLoads++;
      const flight =
        running ??
        this.flights.start(key, true, (begun) =>
          this.#run(key, withOptions(one, options), 'demand', begun, () => one.load(key, controller)),
        );
      return waitFor(flight, options?.signal, () => {});
    });
  }

  async #run(
    key: string,
    source: Source<V>,
    origin: FillOrigin,
    flight: Flight<V>,
    load: () => Promise<V | Loaded<V>>,
  ): Promise<V> {
    const { counters } = this.#store;
    const startedMs = this.#store.clockMs;
    counters.loads++;
    // The read that begins a refresh answers with what is held, which the loader may change.
    if (origin === 'refresh') await undefined;
    let answer: V | Loaded<V>;
    try {
      answer = await traceLoad(key, origin, load);
    } catch (error) {
      counters.loadFailures++;
      throw error;
    }
    const { value, options } =
      answer instanceof Loaded ? answer : { value: answer, options: {} as SetOptions };
    const tags = [...(source.tags ?? []), ...(options.tags ?? [])];
    if (this.flights.isCurrent(flight, options.version, tags)) {
      const ttlMs = options.ttlMs ?? source.ttlMs;
      const loadCostMs = this.#store.clockMs - startedMs;
      const { frequency, recency } = source;
      const fill = { loadCostMs, frequency, recency, ...options, tags, origin };
      const outcome = this.#store.put(key, value, fill, {
        refreshable: true,
        maxAgeMs: source.maxAgeMs ?? this.#options.maxAgeMs,
        life: (_, access) => this.#options.lifeOf(key, access, ttlMs),
      });
      if (outcome === 'refused-older-version') counters.overtakenFills++;
      this.flights.landed(flight, options.version);
    } else counters.overtakenFills++;
    return value;
  }

  #desert(flight: Flight<V>, signal: AbortSignal | undefined): void {
    this.flights.abandon(flight);
    flight.controller.abort(signal?.reason);
  }
}

/** Enough to find the call by; a bulk read may have thousands of keys. */
function nameOf(keys: readonly string[]): string {
  return keys.length === 1 ? `"${keys[0]}"` : `"${keys[0]}" and ${keys.length - 1} more`;
}

function withOptions<V>(source: Source<V>, options: LoadOptions | undefined): Source<V> {
  if (options?.ttlMs === undefined && options?.tags === undefined) return source;
  return { ...source, ttlMs: options.ttlMs ?? source.ttlMs, tags: options.tags ?? source.tags };
}
