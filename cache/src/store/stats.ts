import type { Bytes, Count, Ratio } from '../units.ts';

/** Why an entry left. */
const REMOVAL_REASONS = [
  /** The policy gave it up for room. */
  'evicted',
  /** It was past its life and every stale window. */
  'expired',
  /** `delete` named it. */
  'deleted',
  /** `invalidateTag` named a tag of it. */
  'tag-invalidated',
  /** `clear` emptied the cache or its namespace. */
  'cleared',
  /** The new value could not be stored, and the old one is no longer true. */
  'overwritten',
  /** The budget was made smaller. */
  'budget-shrunk',
] as const;
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

/** What the cache counts from its birth, and three sizes of the moment. Every read is a hit, a stale hit or a miss. */
export interface CacheStats {
  /** Reads answered with a fresh value, or with a fresh knowledge that there is none. */
  readonly hits: Count;
  /** Reads answered past the value's life: while it was being renewed, or because the load failed. */
  readonly staleHits: Count;
  /** Of `staleHits`: those answered because the origin could not. Counted first as a miss, then moved here. */
  readonly staleHitsOnError: Count;
  /** Reads that found nothing to serve. */
  readonly misses: Count;
  /** Values stored, for whatever reason: loads, sets, prefetches, restores. */
  readonly fills: Count;
  /** Loads begun: demand, refresh and prefetch. Readers that joined one begun by another are not counted. */
  readonly loads: Count;
  /** Loads that threw, timed out or were refused by the breaker or a full queue. */
  readonly loadFailures: Count;
  /** Readers that waited for a load begun by another. */
  readonly joinedLoads: Count;
  /** Loads whose value was not stored because an invalidation or a newer value came first. */
  readonly overtakenFills: Count;
  /** Loads begun to renew a value in use: stale while revalidating, and ahead of expiry. */
  readonly refreshes: Count;
  readonly prefetches: Count;
  /** Prefetched values that were read at least once before they left. */
  readonly usedPrefetches: Count;
  /** Entries given up for room; the same as `removals.evicted` plus `removals['budget-shrunk']`. */
  readonly evictions: Count;
  readonly removals: Readonly<Record<RemovalReason, Count>>;
  /** Accesses that listeners never saw because the process did not come round to it. */
  readonly droppedAccesses: Count;
  /** `hits + staleHits` over all reads; 0 before the first read. */
  readonly hitRatio: Ratio;
  readonly entries: Count;
  readonly chargedBytes: Bytes;
  readonly budgetBytes: Bytes;
}

/** Counts what is not counted on the hit path. */
export class Counters {
  staleHits = 0;
  staleHitsOnError = 0;
  misses = 0;
  fills = 0;
  loads = 0;
  loadFailures = 0;
  joinedLoads = 0;
  overtakenFills = 0;
  refreshes = 0;
  prefetches = 0;
  readonly removals: Record<RemovalReason, Count> = {
    evicted: 0,
    expired: 0,
    deleted: 0,
    'tag-invalidated': 0,
    cleared: 0,
    overwritten: 0,
    'budget-shrunk': 0,
  };

  servedOnError(): void {
    this.misses--;
    this.staleHits++;
    this.staleHitsOnError++;
  }
}

/** What is counted off the hit path and on it, put together. */
export function statsOf(
  counters: Counters,
  log: { readonly hits: Count; readonly usedPrefetches: Count; readonly tap: { readonly dropped: Count } },
  entries: Count,
  budget: { readonly chargedBytes: Bytes; readonly budgetBytes: Bytes },
): CacheStats {
  const answered = log.hits + counters.staleHits;
  const reads = answered + counters.misses;
  const removals = { ...counters.removals };
  return {
    ...counters,
    removals,
    hits: log.hits,
    usedPrefetches: log.usedPrefetches,
    droppedAccesses: log.tap.dropped,
    evictions: removals.evicted + removals['budget-shrunk'],
    hitRatio: reads === 0 ? 0 : answered / reads,
    entries,
    chargedBytes: budget.chargedBytes,
    budgetBytes: budget.budgetBytes,
  };
}
