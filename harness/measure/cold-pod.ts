import { L1Cache, type Millis } from 'l1-cache';
import type { Measurements } from '../../reports/claims/measurements.ts';
import { cacheKey } from '../../scenarios/read-key.ts';
import { buildTopology } from '../../scenarios/topology/build.ts';
import type { Domain, DomainName } from '../../scenarios/topology/topology.ts';
import { arrivals } from '../../scenarios/workload/arrivals.ts';
import { stampedJson, userIdOf } from '../../scenarios/workload/value.ts';
import { observed, overSeeds } from './samples.ts';

const SEEDS = [1, 2, 3];
/** Less than the workload could fill, so that the bound has something to hold. */
const BUDGET_BYTES = 2 ** 20;
const REQUESTS_PER_SECOND = 300;
const WATCHED_SECONDS = 600;
/** The hit ratio of the last part of the time is the steady one. */
const STEADY_SECONDS = 120;
/** A reached ratio must hold over this long: one second's reads are too few to tell. */
const HOLD_SECONDS = 5;
const START_MS: Millis = 1_700_000_000_000;

/** One empty pod under the synthetic workload, on a virtual clock: how soon it is warm, and what it charges at most. */
export function measureColdPod(): Pick<Measurements, 'coldPod'> {
  const pods = SEEDS.map(warmOnePod);
  const reads = pods.reduce((sum, pod) => sum + pod.reads, 0);
  const how = `one L1Cache from empty under ${REQUESTS_PER_SECOND} requests/s of the synthetic workload with its TTLs, ${WATCHED_SECONDS} s on a virtual clock, loads take no time, no prediction, seeds ${SEEDS.join(', ')}`;
  return {
    coldPod: {
      budgetBytes: BUDGET_BYTES,
      timeTo95: overSeeds(
        pods.map(({ secondsTo95 }) => secondsTo95 * 1e9),
        reads,
        'ns',
        'reads',
        `${how}; steady is the last ${STEADY_SECONDS} s, reached when ${HOLD_SECONDS} s together are at 95 % of it`,
      ),
      peakCacheBytes: observed(
        Math.max(...pods.map(({ peakBytes }) => peakBytes)),
        'bytes',
        reads,
        'reads',
        how,
      ),
    },
  };
}

function warmOnePod(seed: number): { secondsTo95: number; peakBytes: number; reads: number } {
  const topology = buildTopology({ services: 12, seed, fanOutMean: 3, fanOutDistribution: 'poisson' });
  const domains = new Map<DomainName, Domain>(topology.domains.map((domain) => [domain.name, domain]));
  const profiles = domains.get('profile')?.keyCount ?? 1;
  let nowMs = START_MS;
  const cache = new L1Cache<string>({ budgetBytes: BUDGET_BYTES, clock: { now: () => nowMs }, seed });
  const reads = new Array<number>(WATCHED_SECONDS).fill(0);
  const hits = new Array<number>(WATCHED_SECONDS).fill(0);
  let peakBytes = 0;
  const plan = {
    topology,
    seed,
    stream: 0,
    ratePerSecond: REQUESTS_PER_SECOND,
    durationMs: WATCHED_SECONDS * 1_000,
  };
  for (const { dueUs, requestType, keys } of arrivals(plan)) {
    nowMs = START_MS + dueUs / 1_000;
    const second = Math.floor(dueUs / 1e6);
    const ids: number[] = [];
    let next = 0;
    for (const { domain, owner, after } of topology.requestTypes[requestType]!.reads) {
      const parent = after === null ? null : topology.requestTypes[requestType]!.reads[after]!;
      const id = parent === null ? keys[next++]! : userIdOf(seed, parent.owner, ids[after!]!, profiles);
      ids.push(id);
      const key = cacheKey(domain, owner, id);
      reads[second]! += 1;
      if (cache.get(key) !== undefined) hits[second]! += 1;
      else {
        const { ttlMs } = domains.get(domain)!;
        cache.set(key, stampedJson(seed, domains.get(domain)!, { domain, owner, id }, 0, profiles), {
          ttlMs,
        });
        peakBytes = Math.max(peakBytes, cache.chargedBytes);
      }
    }
  }
  const ratio = (from: number, to: number): number =>
    sum(hits.slice(from, to)) / Math.max(1, sum(reads.slice(from, to)));
  const goal = 0.95 * ratio(WATCHED_SECONDS - STEADY_SECONDS, WATCHED_SECONDS);
  const at = reads.findIndex((_, second) => ratio(second, second + HOLD_SECONDS) >= goal);
  return { secondsTo95: at === -1 ? Number.NaN : at + HOLD_SECONDS, peakBytes, reads: sum(reads) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
