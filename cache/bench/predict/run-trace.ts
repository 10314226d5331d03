import { Prewarmer, type PrewarmerOptions } from '../../src/predict/prewarmer.ts';
import type { EvictionPolicy } from '../../src/store/eviction/policy.ts';
import type { Count, Ratio } from '../../src/units.ts';
import { SimulatedCache } from './simulated-cache.ts';

export interface TraceRun {
  /** Numbers of the keys read, one after another; one read takes one millisecond of simulated time. */
  readonly keys: Int32Array;
  readonly policy: EvictionPolicy;
  readonly entries: Count;
  /** How many reads later a load is there. */
  readonly loadDelay: Count;
  /** Absent: no prediction. */
  readonly prewarm?: PrewarmerOptions;
}

export interface TraceResult {
  readonly reads: Count;
  readonly hitRatio: Ratio;
  readonly loads: Count;
  readonly prefetches: Count;
  readonly prewarmer: Prewarmer | undefined;
}

/**
 * Runs a trace against a simulated cache. A prefetched value is there after the load delay, a read before that is a
 * miss; a demand load counts as there at once, as in the published hit ratios of the policies.
 */
export function runTrace(run: TraceRun): TraceResult {
  const cache = new SimulatedCache({
    entries: run.entries,
    policy: run.policy,
    loadMs: run.loadDelay,
    joinedDemand: 'hit',
    valueOf: () => undefined,
  });
  const prewarmer = run.prewarm && new Prewarmer(cache, run.prewarm);
  const names: string[] = [];
  for (let i = 0; i < run.keys.length; i++) {
    const id = run.keys[i]!;
    cache.advance(i);
    names[id] ??= `row:${id}`;
    cache.read(names[id]);
    const batch = cache.takeBatch();
    prewarmer?.learn(batch);
  }
  return {
    reads: run.keys.length,
    hitRatio: cache.hits / run.keys.length,
    loads: cache.demandLoads + cache.prefetches,
    prefetches: cache.prefetches,
    prewarmer,
  };
}
