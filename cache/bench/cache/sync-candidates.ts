import { LRUCache } from 'lru-cache';
import { LRUMap } from 'mnemonist';
import { L1Cache, type L1CacheOptions } from '../../src/index.ts';
import type { Count } from '../../src/units.ts';

export interface Value {
  readonly id: number;
}

export interface SyncCache {
  get(key: string): Value | undefined;
  set(key: string, value: Value): unknown;
  /** Work that the reads of a round leave behind, done within the round's time. */
  catchUp?(): void;
}

const HOUR_MS = 3_600_000;
const BUDGET_BYTES = 2 ** 30;
const SIZE_BYTES = 200;

/** Each at its best: bounded by a number of entries, with what it offers of TTL and size. */
export const SYNC_CANDIDATES: Readonly<Record<string, (entries: Count) => SyncCache>> = {
  // Every feature on: TTL, byte budget, adaptive eviction, frequencies, refresh ahead, stale windows, statistics.
  'l1-cache': (entries) => new L1Cache<Value>(everything(entries)),
  // The same with someone who hears of every access; delivery is part of the time.
  'l1-cache with a listener': (entries) => {
    const cache = new L1Cache<Value>(everything(entries));
    let heard = 0;
    cache.onAccesses((batch) => {
      for (let row = 0; row < batch.length; row++) if (batch.outcomeAt(row) === 'hit') heard++;
    });
    return {
      get: (key) => cache.get(key),
      set: (key, value) => cache.set(key, value),
      catchUp: () => {
        cache.flushAccesses();
        if (heard === 0 && cache.stats().hits > 0) throw new Error('the listener heard nothing');
      },
    };
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

function everything(entries: Count): L1CacheOptions<Value> {
  return {
    budgetBytes: BUDGET_BYTES,
    maxEntries: entries,
    ttlMs: HOUR_MS,
    maxAgeMs: 2 * HOUR_MS,
    staleWhileRevalidateMs: 60_000,
    staleIfErrorMs: HOUR_MS,
  };
}
