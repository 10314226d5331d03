import { setTimeout } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { type Codec, L1Cache } from '../../src/index.ts';
import { seededRandom } from '../../src/random.ts';
import type { Bytes, Count, Millis, Ratio } from '../../src/units.ts';
import { kvcacheSizes, SIZE_TABLE_PATH } from './size-table.ts';

/** `default`: Node as it starts. `bounded`: told to collect early and to give memory back (README, What the process takes). */
export type RssSettings = 'default' | 'bounded';
export type RssHolder = 'l1-cache' | 'lru-cache';

export type Figure =
  | {
      readonly figure: 'per-entry';
      readonly implementation: string;
      readonly entries: Count;
      /** Heap and external memory beyond keys and values, an entry. */
      readonly bytesPerEntry: Bytes;
      /** One forced full collection with the cache alive: the median of five. */
      readonly fullGcMs: Millis;
    }
  | {
      readonly figure: 'accounting';
      readonly values: 'reference' | 'bytes';
      readonly budgetMiB: number;
      readonly entries: Count;
      /** What heap and external memory grew by, over what the cache charged. */
      readonly realToCharged: Ratio;
    }
  | {
      readonly figure: 'rss';
      readonly implementation: RssHolder;
      readonly values: 'reference' | 'bytes';
      readonly settings: RssSettings;
      readonly budgetMiB: number;
      readonly inserts: Count;
      /** Growth of RSS over the budget: the largest seen on the way, … */
      readonly peakToBudget: Ratio;
      /** … after a collection at the end, … */
      readonly endToBudget: Ratio;
      /** … and 10 s later, when V8 has given back the empty pages that it keeps for new objects, should it do so. */
      readonly restedToBudget: Ratio;
    }
  | { readonly figure: string; readonly skipped: string };

const MIB = 2 ** 20;
const HOUR_MS = 3_600_000;
const REST_MS: Millis = 10_000;
const LARGEST_TEXT: Bytes = 65_536;
const scratch = Buffer.alloc(LARGEST_TEXT);
const text: Codec<string> = {
  // The cache copies at once, so one buffer serves all: a new one a value is memory outside the heap that waits for V8.
  encode: (value) => scratch.subarray(0, scratch.write(value, 'latin1')),
  decode: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'),
};

const HOLDERS: Readonly<Record<string, (entries: Count) => { set(key: string, value: object): unknown }>> = {
  Map: () => new Map<string, object>(),
  'l1-cache ttl+bytes': (entries) =>
    new L1Cache<object>({ budgetBytes: 2 ** 30, maxEntries: entries, ttlMs: HOUR_MS }),
  'lru-cache max+ttl': (entries) => new LRUCache<string, object>({ max: entries, ttl: HOUR_MS }),
  'lru-cache max+ttl+maxSize': (entries) =>
    new LRUCache<string, object>({ max: entries, ttl: HOUR_MS, maxSize: 2 ** 30, sizeCalculation: () => 1 }),
};

export const IMPLEMENTATIONS = Object.keys(HOLDERS);

export function perEntry(implementation: string, entries: Count): Figure {
  const keys = Array.from({ length: entries }, (_, i) => flat(`user:profile:${String(i).padStart(10, '0')}`));
  const values = keys.map((_, id) => ({ id }));
  const before = held();
  const holder = HOLDERS[implementation]!(entries);
  for (let i = 0; i < entries; i++) holder.set(keys[i]!, values[i]!);
  const bytesPerEntry = (held() - before) / entries;
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now();
    collect();
    return performance.now() - started;
  }).sort((a, b) => a - b);
  holder.set(keys[0]!, values[0]!);
  return { figure: 'per-entry', implementation, entries, bytesPerEntry, fullGcMs: times[2]! };
}

export function accounting(values: 'reference' | 'bytes', budgetMiB: number): Figure {
  const random = seededRandom(1);
  const size = kvcacheSizes(random);
  if (!size) return { figure: 'accounting', skipped: `no size table at ${SIZE_TABLE_PATH}` };
  const before = held();
  const cache = ours(values, budgetMiB * MIB);
  // Half again as much as fits, so that evictions have mixed old and new.
  for (let bytes = 0, i = 0; bytes < 1.5 * budgetMiB * MIB; i++) {
    const length = size();
    bytes += length + 100;
    cache.set(flat(`user:profile:${i}`), textOf(length));
  }
  const realToCharged = (held() - before) / cache.chargedBytes;
  return { figure: 'accounting', values, budgetMiB, entries: cache.size, realToCharged };
}

export async function rss(
  implementation: RssHolder,
  values: 'reference' | 'bytes',
  budgetMiB: number,
  inserts: Count,
  settings: RssSettings,
): Promise<Figure> {
  collect();
  const before = process.memoryUsage.rss();
  const budget = budgetMiB * MIB;
  const grown = (): Ratio => (process.memoryUsage.rss() - before) / budget;
  const cache = implementation === 'l1-cache' ? ours(values, budget) : lruCache(budget);
  let peakToBudget = 0;
  for (let i = 0; i < inserts; i++) {
    cache.set(`user:profile:${i}`, textOf(100 + (i % 200)));
    if (i % 10_000 === 0) peakToBudget = Math.max(peakToBudget, grown());
  }
  collect();
  const endToBudget = grown();
  await setTimeout(REST_MS);
  const restedToBudget = grown();
  if (cache.size === 0) throw new Error('the cache kept nothing');
  return {
    figure: 'rss',
    implementation,
    values,
    settings,
    budgetMiB,
    inserts,
    peakToBudget,
    endToBudget,
    restedToBudget,
  };
}

function ours(values: 'reference' | 'bytes', budgetBytes: Bytes): L1Cache<string> {
  return new L1Cache({ budgetBytes, ttlMs: HOUR_MS, values: values === 'bytes' ? text : 'reference' });
}

/** Told what an entry takes, as far as a caller can know: two strings and its own 81 bytes (`perEntry`). */
function lruCache(budgetBytes: Bytes): LRUCache<string, string> {
  return new LRUCache({
    max: 2 ** 20,
    ttl: HOUR_MS,
    maxSize: budgetBytes,
    sizeCalculation: (value, key) => value.length + key.length + 2 * 20 + 81,
  });
}

function collect(): void {
  if (!globalThis.gc) throw new Error('run with --expose-gc');
  globalThis.gc();
}

function held(): Bytes {
  for (let round = 0; round < 3; round++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

const letters = Buffer.alloc(LARGEST_TEXT, 'x');

/** A string with memory of its own, not a view of a longer one nor two joined. */
function textOf(length: number): string {
  return letters.toString('latin1', 0, length);
}

function flat(key: string): string {
  return Buffer.from(key, 'latin1').toString('latin1');
}
