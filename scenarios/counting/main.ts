/**
 * Counts what a scenario does, in one process, without a clock or a network in the way: the same seed gives the same
 * counts on any machine. The gate compares two versions by them before it looks at any latency.
 *
 * Argument: a `CountingPlan` as JSON. Standard output: one `Counts` object per scenario, one JSON line each.
 */
import { L1Cache } from 'l1-cache';
import { scenarioOf } from '../catalogue.ts';
import { cacheKey } from '../read-key.ts';
import type { ReadKey, ReadPath, Stamped } from '../read-path.ts';
import { buildTopology } from '../topology/build.ts';
import type { Domain, DomainName, RequestType } from '../topology/topology.ts';
import { arrivals } from '../workload/arrivals.ts';
import { stampedJson } from '../workload/value.ts';
import type { CountingPlan, Counts } from './counts.ts';

const plan = JSON.parse(process.argv[2]!) as CountingPlan;
const topology = buildTopology({
  services: plan.services,
  seed: plan.seed,
  fanOutMean: 3,
  fanOutDistribution: 'poisson',
});
const domains = new Map<DomainName, Domain>(topology.domains.map((domain) => [domain.name, domain]));
const COUNTING_TTL_MS = 3_600_000;
const profileCount = domains.get('profile')?.keyCount ?? 1;

for (const name of plan.scenarios) {
  process.stdout.write(`${JSON.stringify(await countScenario(name))}\n`);
}

async function countScenario(name: string): Promise<Counts> {
  let originCalls = 0;
  let originBytes = 0;
  let redisCommands = 0;
  const fetchFromOrigin = async (at: ReadKey): Promise<Stamped> => {
    const json = stampedJson(plan.seed, domains.get(at.domain)!, at, 1, profileCount);
    originCalls += 1;
    originBytes += json.length;
    return JSON.parse(json) as Stamped;
  };
  await using path = await scenarioOf(name).open({
    serviceIndex: 0,
    budgetBytes: plan.budgetBytes,
    fetchFromOrigin,
    // Far beyond the program's life: an expiry by the wall clock would be counted in one run and not in the next.
    ttlMs: () => COUNTING_TTL_MS,
    countRedisCommands: (count) => {
      redisCommands += count;
    },
    sharedRedis: plan.redis,
    sidecarRedis: plan.redis,
  });
  await path.clear();

  let requests = 0;
  let reads = 0;
  for (const { requestType, keys } of arrivals({
    topology,
    seed: plan.seed,
    stream: 0,
    ratePerSecond: plan.requests,
    durationMs: 1_000,
  })) {
    reads += await serve(path, topology.requestTypes[requestType]!, keys);
    requests += 1;
  }
  const contents = path.contents();
  return {
    scenario: name,
    requests,
    originCallsPerRequest: originCalls / requests,
    originBytesPerRequest: originBytes / requests,
    redisCommandsPerRequest: redisCommands / requests,
    hitRatio: 1 - originCalls / reads,
    chargedBytesPerEntry: contents.entries === 0 ? null : contents.chargedBytes / contents.entries,
    allocatedBytesPerHit: name.includes('l1') ? allocatedPerHit() : null,
  };
}

/** One request, its reads one after the other, so that no race decides who fills. */
async function serve(path: ReadPath, type: RequestType, ids: readonly number[]): Promise<number> {
  const values: Stamped[] = [];
  let next = 0;
  for (const { domain, owner, after } of type.reads) {
    const id = after === null ? ids[next++]! : values[after]!.userId!;
    const key = cacheKey(domain, owner, id);
    values.push(path.readNow(key) ?? (await path.read(key, { domain, owner, id })).value);
  }
  return values.length;
}

/** Heap growth over a million hits of the bare library, divided by them; whole bytes, so that noise rounds away. */
function allocatedPerHit(): number {
  const hits = 1_000_000;
  const cache = new L1Cache<number>({ budgetBytes: 2 ** 20 });
  const keys = Array.from({ length: 100 }, (_, i) => `price.1:${i}`);
  for (const key of keys) cache.set(key, 1);
  const run = (): void => {
    for (let i = 0; i < hits; i += 1) cache.get(keys[i % keys.length]!);
  };
  run();
  const before = process.memoryUsage().heapUsed;
  run();
  return Math.max(0, Math.round((process.memoryUsage().heapUsed - before) / hits));
}
