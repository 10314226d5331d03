import type { Count, Nanos, Ratio } from '../../src/units.ts';
import { ASYNC_CANDIDATES } from './async-candidates.ts';
import { RedisMissing } from './redis-server.ts';
import { SYNC_CANDIDATES, type SyncCache, type Value } from './sync-candidates.ts';
import { keysOf, zipfDraws } from './zipf-keys.ts';

export type Operation = 'get-hit' | 'read-through-hit' | 'set-at-capacity' | 'get-else-set';

export interface Figure {
  readonly op: Operation;
  readonly implementation: string;
  readonly entries: Count;
  /** Median over the rounds of the mean time of one operation in a round. */
  readonly medianNs: Nanos;
  /** Median over the rounds of the ratio to the bare `Map`'s round just before. */
  readonly ratioToMap: Ratio;
  /** Operations timed. */
  readonly n: Count;
  /** Of `get-else-set`: the share of its reads that hit. */
  readonly hitRatioPercent?: number;
}

export type Measured =
  | Figure
  | { readonly op: Operation; readonly implementation: string; readonly skipped: string };

const WARM_UP_ROUNDS = 60;
const ROUNDS = 300;
const OPERATIONS_PER_ROUND = 8192;
/** Of `get-else-set`: keys for each entry, and reads of each before the first round. */
const KEYS_PER_ENTRY = 10;
const READS_PER_ENTRY_BEFORE = 20;
const ASYNC_ROUNDS = 40;
const ASYNC_OPERATIONS = 2048;
const SEED = 1;

/** Measures one candidate in this process, its rounds alternating with those of a bare `Map`. */
export async function measure(op: Operation, implementation: string, entries: Count): Promise<Measured> {
  if (op === 'read-through-hit') return measureReads(implementation, entries);
  const cache = SYNC_CANDIDATES[implementation]!(entries);
  switch (op) {
    case 'get-hit':
      return measureGets(implementation, entries, cache);
    case 'set-at-capacity':
      return measureSets(implementation, entries, cache);
    case 'get-else-set':
      return measureMixed(implementation, entries, cache);
  }
}

function measureGets(implementation: string, entries: Count, cache: SyncCache): Measured {
  const keys = keysOf(entries);
  const draws = zipfDraws(keys, OPERATIONS_PER_ROUND, SEED);
  const map = new Map<string, Value>();
  for (const [id, key] of keys.entries()) {
    map.set(key, { id });
    cache.set(key, { id });
  }
  cache.catchUp?.();
  const samples = alternate(
    () => timeMapGets(map, draws),
    () => timeGets(cache, draws),
  );
  return figure('get-hit', implementation, entries, samples, ROUNDS * OPERATIONS_PER_ROUND);
}

function measureSets(implementation: string, entries: Count, cache: SyncCache): Measured {
  // Each key comes round again only after it has long been evicted.
  const keys = keysOf(Math.max(4 * entries, 2 * OPERATIONS_PER_ROUND));
  const map = new Map<string, Value>();
  for (const [id, key] of keys.slice(-entries).entries()) {
    map.set(key, { id });
    cache.set(key, { id });
  }
  let mapAt = 0;
  let cacheAt = 0;
  const samples = alternate(
    () => {
      const ns = timeMapSets(map, keys, mapAt, entries);
      mapAt = (mapAt + OPERATIONS_PER_ROUND) % keys.length;
      return ns;
    },
    () => {
      const ns = timeSets(cache, keys, cacheAt);
      cacheAt = (cacheAt + OPERATIONS_PER_ROUND) % keys.length;
      return ns;
    },
  );
  return figure('set-at-capacity', implementation, entries, samples, ROUNDS * OPERATIONS_PER_ROUND);
}

/** Reads of more keys than fit; what is missed is set. The `Map` beside it gives up what came first. */
function measureMixed(implementation: string, entries: Count, cache: SyncCache): Measured {
  const before = READS_PER_ENTRY_BEFORE * entries;
  const rounds = WARM_UP_ROUNDS + ROUNDS;
  // The draws do not come round again: a cache that learns would learn the loop.
  const draws = zipfDraws(keysOf(KEYS_PER_ENTRY * entries), before + rounds * OPERATIONS_PER_ROUND, SEED);
  const drawsOf = (round: number) => {
    const from = before + round * OPERATIONS_PER_ROUND;
    return draws.slice(from, from + OPERATIONS_PER_ROUND);
  };
  // Until eviction has long begun: what it learns from then on is part of a read's cost.
  timeMixed(cache, draws.slice(0, before));
  const map = new FirstInFirstOut(entries);
  let [mapRound, round, hits] = [0, 0, 0];
  const samples = alternate(
    () => timeMapMixed(map, drawsOf(mapRound++)).ns,
    () => {
      const timed = timeMixed(cache, drawsOf(round++));
      if (round > WARM_UP_ROUNDS) hits += timed.hits;
      return timed.ns;
    },
  );
  const n = ROUNDS * OPERATIONS_PER_ROUND;
  const figures = figure('get-else-set', implementation, entries, samples, n);
  return { ...figures, hitRatioPercent: rounded((100 * hits) / n) };
}

async function measureReads(implementation: string, entries: Count): Promise<Measured> {
  const op = 'read-through-hit';
  const keys = keysOf(entries);
  const draws = zipfDraws(keys, ASYNC_OPERATIONS, SEED);
  try {
    await using cache = await ASYNC_CANDIDATES[implementation]!(entries);
    const map = new Map<string, Value>();
    for (const [id, key] of keys.entries()) {
      map.set(key, { id });
      await cache.fill(key, { id });
    }
    const samples: { mapNs: Nanos; ns: Nanos }[] = [];
    for (let round = -10; round < ASYNC_ROUNDS; round++) {
      const mapNs = timeMapGets(map, draws);
      const started = process.hrtime.bigint();
      for (const key of draws) await cache.read(key);
      const ns = Number(process.hrtime.bigint() - started) / draws.length;
      if (round >= 0) samples.push({ mapNs, ns });
    }
    return figure(op, implementation, entries, samples, ASYNC_ROUNDS * ASYNC_OPERATIONS);
  } catch (error) {
    if (error instanceof RedisMissing) return { op, implementation, skipped: error.message };
    throw error;
  }
}

function alternate(timeMap: () => Nanos, time: () => Nanos): { mapNs: Nanos; ns: Nanos }[] {
  const samples: { mapNs: Nanos; ns: Nanos }[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    const sample = { mapNs: timeMap(), ns: time() };
    if (round >= 0) samples.push(sample);
  }
  return samples;
}

// One loop each for the Map and the candidate: a shared one would be compiled for both and slow either.
function timeMapGets(map: Map<string, Value>, keys: readonly string[]): Nanos {
  let found = 0;
  const started = process.hrtime.bigint();
  for (let i = 0; i < keys.length; i++) if (map.get(keys[i]!) !== undefined) found++;
  return elapsed(started, found, keys.length);
}

function timeGets(cache: SyncCache, keys: readonly string[]): Nanos {
  let found = 0;
  const started = process.hrtime.bigint();
  for (let i = 0; i < keys.length; i++) if (cache.get(keys[i]!) !== undefined) found++;
  cache.catchUp?.();
  return elapsed(started, found, keys.length);
}

function elapsed(started: bigint, found: Count, wanted: Count): Nanos {
  const ns = Number(process.hrtime.bigint() - started) / wanted;
  if (found !== wanted) throw new Error(`${wanted - found} of ${wanted} reads missed: this is no hit figure`);
  return ns;
}

function timeMapSets(map: Map<string, Value>, keys: readonly string[], from: number, entries: Count): Nanos {
  const started = process.hrtime.bigint();
  for (let i = from; i < from + OPERATIONS_PER_ROUND; i++) {
    map.delete(keys[(i - entries + keys.length) % keys.length]!);
    map.set(keys[i % keys.length]!, { id: i });
  }
  return Number(process.hrtime.bigint() - started) / OPERATIONS_PER_ROUND;
}

function timeSets(cache: SyncCache, keys: readonly string[], from: number): Nanos {
  const started = process.hrtime.bigint();
  for (let i = from; i < from + OPERATIONS_PER_ROUND; i++) cache.set(keys[i % keys.length]!, { id: i });
  return Number(process.hrtime.bigint() - started) / OPERATIONS_PER_ROUND;
}

function timeMixed(cache: SyncCache, keys: readonly string[]): { ns: Nanos; hits: Count } {
  let hits = 0;
  const started = process.hrtime.bigint();
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (cache.get(key) !== undefined) hits++;
    else cache.set(key, { id: i });
  }
  cache.catchUp?.();
  return { ns: Number(process.hrtime.bigint() - started) / keys.length, hits };
}

function timeMapMixed(map: FirstInFirstOut, keys: readonly string[]): { ns: Nanos; hits: Count } {
  let hits = 0;
  const started = process.hrtime.bigint();
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (map.get(key) !== undefined) hits++;
    else map.set(key, { id: i });
  }
  return { ns: Number(process.hrtime.bigint() - started) / keys.length, hits };
}

/** The least that bounds a `Map`. */
class FirstInFirstOut {
  readonly #map = new Map<string, Value>();
  readonly #order: string[];
  #at = 0;

  constructor(entries: Count) {
    this.#order = new Array<string>(entries).fill('');
  }

  get(key: string): Value | undefined {
    return this.#map.get(key);
  }

  set(key: string, value: Value): void {
    this.#map.delete(this.#order[this.#at]!);
    this.#order[this.#at] = key;
    if (++this.#at === this.#order.length) this.#at = 0;
    this.#map.set(key, value);
  }
}

function figure(
  op: Operation,
  implementation: string,
  entries: Count,
  samples: readonly { mapNs: Nanos; ns: Nanos }[],
  n: Count,
): Figure {
  return {
    op,
    implementation,
    entries,
    medianNs: rounded(median(samples.map(({ ns }) => ns))),
    ratioToMap: rounded(median(samples.map(({ mapNs, ns }) => ns / mapNs))),
    n,
  };
}

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[values.length >> 1]!;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
