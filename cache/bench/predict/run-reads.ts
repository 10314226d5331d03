import { Prewarmer, type PrewarmerOptions } from '../../src/predict/prewarmer.ts';
import type { EvictionPolicy } from '../../src/store/eviction/policy.ts';
import type { Count, Millis, Ratio } from '../../src/units.ts';
import { type ReadOutcome, SimulatedCache } from './simulated-cache.ts';

export interface ReadsRun {
  /** The keys read, one after another. */
  readonly keys: Iterable<string>;
  readonly msPerRead: Millis;
  readonly policy: EvictionPolicy;
  readonly entries: Count;
  readonly loadMs: Millis;
  readonly valueOf?: (key: string) => unknown;
  readonly onRead?: (outcome: ReadOutcome, atMs: Millis) => void;
  /** Absent: no prediction. */
  readonly prewarm?: PrewarmerOptions;
}

export interface ReadsResult {
  readonly reads: Count;
  readonly hitRatio: Ratio;
  readonly loads: Count;
  readonly prefetches: Count;
  readonly prewarmer: Prewarmer | undefined;
}

/**
 * Reads keys one after another from a simulated cache. A prefetched value is there after the load time, a read
 * before that is a miss; a demand load counts as there at once, as in the published hit ratios of the policies.
 */
export function runReads(run: ReadsRun): ReadsResult {
  const cache = new SimulatedCache({
    ...run,
    joinedDemand: 'hit',
    valueOf: run.valueOf ?? (() => undefined),
  });
  const prewarmer = run.prewarm && new Prewarmer(cache, run.prewarm);
  let reads = 0;
  for (const key of run.keys) {
    const atMs = reads++ * run.msPerRead;
    cache.advance(atMs);
    const { outcome } = cache.read(key);
    run.onRead?.(outcome, atMs);
    const batch = cache.takeBatch();
    prewarmer?.learn(batch);
  }
  return {
    reads,
    hitRatio: cache.hits / reads,
    loads: cache.demandLoads + cache.prefetches,
    prefetches: cache.prefetches,
    prewarmer,
  };
}
