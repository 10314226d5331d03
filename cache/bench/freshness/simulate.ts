import type { Validator } from '../../src/freshness/validator.ts';
import type { Count, Millis, Ratio } from '../../src/units.ts';
import type { Mutations } from './mutations.ts';
import { exponential, poisson } from './random.ts';

/** One key of the simulated world. */
export interface WorldKey {
  readonly name: string;
  readonly domain: string;
  readonly readsPerMs: number;
  readonly meanChangeMs: Millis;
  readonly mutations: Mutations;
}

/** What the origin tells with a value. */
export type Sight = 'etag' | 'version' | 'last-modified';

/** What sets the TTLs in a simulation: the learner, a table, or someone who knows the truth. */
export interface TtlSource {
  onHits(key: WorldKey, count: Count): void;
  onFetched(key: WorldKey, atMs: Millis, validator: Validator): Millis;
}

export interface Outcome {
  readonly reads: Count;
  readonly staleReads: Count;
  readonly fetches: Count;
  readonly hitRatio: Ratio;
  /** Stale reads / all reads. */
  readonly staleRatio: Ratio;
  readonly fetchesPerSecond: number;
}

/** One cached life of a key, as it was against the truth. */
export interface Life {
  readonly key: WorldKey;
  readonly atMs: Millis;
  readonly ttlMs: Millis;
  readonly hits: Count;
  readonly staleHits: Count;
}

export interface SimulateOptions {
  readonly warmUpMs: Millis;
  readonly untilMs: Millis;
  readonly sight: Sight;
  readonly rng: () => number;
  readonly onLife?: (life: Life) => void;
}

/**
 * Runs one pod's cache against the truth, fetch by fetch. Reads of a key are Poisson, so the reads between two
 * fetches need only be counted: the count is drawn, not each read. Lives that begin before the warm-up is over
 * teach but are not counted.
 */
export function simulate(keys: readonly WorldKey[], ttls: TtlSource, options: SimulateOptions): Outcome {
  const { rng } = options;
  const queue = new EventQueue(keys.length);
  for (const [index, key] of keys.entries()) queue.push(exponential(1 / key.readsPerMs, rng), index);
  let reads = 0;
  let staleReads = 0;
  let fetches = 0;
  while (queue.size > 0) {
    const atMs = queue.nextMs;
    if (atMs >= options.untilMs) break;
    const index = queue.pop();
    const key = keys[index]!;
    const ttlMs = ttls.onFetched(key, atMs, validatorAt(key, atMs, options.sight));
    const staleMs = Math.max(0, ttlMs - (key.mutations.nextMs - atMs));
    const staleHits = poisson(key.readsPerMs * staleMs, rng);
    const hits = staleHits + poisson(key.readsPerMs * (ttlMs - staleMs), rng);
    ttls.onHits(key, hits);
    options.onLife?.({ key, atMs, ttlMs, hits, staleHits });
    if (atMs >= options.warmUpMs) {
      reads += hits + 1;
      staleReads += staleHits;
      fetches++;
    }
    queue.push(atMs + ttlMs + exponential(1 / key.readsPerMs, rng), index);
  }
  return {
    reads,
    staleReads,
    fetches,
    hitRatio: 1 - fetches / reads,
    staleRatio: staleReads / reads,
    fetchesPerSecond: fetches / ((options.untilMs - options.warmUpMs) / 1000),
  };
}

function validatorAt(key: WorldKey, atMs: Millis, sight: Sight): Validator {
  const version = key.mutations.versionAt(atMs);
  if (sight === 'version') return { version };
  if (sight === 'etag') return { etag: String(version) };
  return { etag: String(version), ageMs: atMs - key.mutations.lastMs };
}

/** A binary heap of (time, index). */
class EventQueue {
  readonly #times: Float64Array;
  readonly #items: Int32Array;
  size = 0;

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#items = new Int32Array(capacity);
  }

  get nextMs(): Millis {
    return this.#times[0]!;
  }

  push(timeMs: Millis, item: number): void {
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#times[parent]! <= timeMs) break;
      this.#times[at] = this.#times[parent]!;
      this.#items[at] = this.#items[parent]!;
      at = parent;
    }
    this.#times[at] = timeMs;
    this.#items[at] = item;
  }

  pop(): number {
    const first = this.#items[0]!;
    const time = this.#times[--this.size]!;
    const item = this.#items[this.size]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.size) break;
      if (child + 1 < this.size && this.#times[child + 1]! < this.#times[child]!) child++;
      if (this.#times[child]! >= time) break;
      this.#times[at] = this.#times[child]!;
      this.#items[at] = this.#items[child]!;
      at = child;
    }
    this.#times[at] = time;
    this.#items[at] = item;
    return first;
  }
}
