import { LRUCache } from 'lru-cache';
import { LRUMap } from 'mnemonist';
import { L1Cache } from '../../src/index.ts';
import type { Count } from '../../src/units.ts';

export interface Value {
  readonly id: number;
}

export interface SyncCache {
  get(key: string): Value | undefined;
  set(key: string, value: Value): unknown;
}

const HOUR_MS = 3_600_000;
const BUDGET_BYTES = 2 ** 30;
const SIZE_BYTES = 200;

/** Each at its best: bounded by a number of entries, with what it offers of TTL and size. */
export const SYNC_CANDIDATES: Readonly<Record<string, (entries: Count) => SyncCache>> = {
  // Every feature on: TTL, byte budget, adaptive eviction, frequencies, refresh ahead, stale windows, statistics.
  'l1-cache': (entries) => {
    const cache = new L1Cache<Value>({
      budgetBytes: BUDGET_BYTES,
      maxEntries: entries,
      ttlMs: HOUR_MS,
      maxAgeMs: 2 * HOUR_MS,
      staleWhileRevalidateMs: 60_000,
      staleIfErrorMs: HOUR_MS,
    });
    return cache;
  },
  // The same with someone learning from every access.
  'l1-cache with a listener': (entries) => {
    const cache = new L1Cache<Value>({ budgetBytes: BUDGET_BYTES, maxEntries: entries, ttlMs: HOUR_MS });
    cache.onAccesses(() => {});
    return cache;
  },
  'lru-cache max+ttl': (entries) => new LRUCache<string, Value>({ max: entries, ttl: HOUR_MS }),
  'lru-cache max+ttl+maxSize': (entries) =>
    new LRUCache<string, Value>({
      max: entries,
      ttl: HOUR_MS,
      maxSize: BUDGET_BYTES,
      sizeCalculation: () => SIZE_BYTES,
    }),
  'mnemonist LRUMap': (entries) => new LRUMap<string, Value>(entries),
};
