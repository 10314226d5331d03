import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Millis } from 'l1-cache';
import { benchCli } from '../../cache/bench/bench-cli.ts';
import { scenarioOf } from '../catalogue.ts';
import { cacheKey } from '../read-key.ts';
import type { ReadPath, Stamped } from '../read-path.ts';
import { buildTopology } from '../topology/build.ts';
import type { DomainName, Topology } from '../topology/topology.ts';
import { arrivals } from '../workload/arrivals.ts';
import { createMutationSchedule, type MutationSchedule } from '../workload/mutation.ts';
import { userIdOf } from '../workload/value.ts';

const { rate, seconds, seeds } = benchCli('sim:mesh')
  .usage(
    `$0 [options]

How a cold mesh of 50 services warms, on a virtual clock: hit ratio and stale reads over time, without processes or a
network. The same seed gives the same arrivals and changes as a real run; loads take no time, so nothing here is a
latency. Takes a few seconds.`,
  )
  .option('rate', { type: 'number', default: 150, describe: 'Requests per second' })
  .option('seconds', { type: 'number', default: 90, describe: 'How long, from a cold start' })
  .option('seeds', {
    type: 'string',
    default: '1,2,3',
    describe: 'One run each',
    coerce: (list: string) => list.split(',').map(Number),
  })
  .example('$0 --rate 400 --seeds 1', 'More requests, one seed')
  .check(({ rate, seconds, seeds }) => {
    if (!(rate > 0 && seconds > 0)) throw new Error('--rate and --seconds are numbers above 0.');
    if (!seeds.every(Number.isInteger)) throw new Error('--seeds is a list of whole numbers.');
    return true;
  })
  .parseSync();
const START_MS: Millis = 1_700_000_000_000;
const WINDOW_MS: Millis = 5_000;

interface Arm {
  readonly name: string;
  readonly scenario: string;
  /** One cache a pod, or one that all pods share. */
  readonly caches: 'per-pod' | 'shared';
}

const ARMS: readonly Arm[] = [
  { name: 'hand-set TTLs, one cache a pod', scenario: 'l1-passive', caches: 'per-pod' },
  { name: 'learned TTLs, one cache a pod', scenario: 'l1-learned-ttl', caches: 'per-pod' },
  { name: 'hand-set TTLs, one cache for all', scenario: 'l1-passive', caches: 'shared' },
];

class Simulation {
  nowMs: Millis = START_MS;
  readonly reads: number[] = [];
  readonly hits: number[] = [];
  readonly stale: number[] = [];
  readonly #seed: number;
  readonly #topology: Topology;
  readonly #mutations: MutationSchedule;
  readonly #profileCount: number;

  constructor(seed: number) {
    this.#seed = seed;
    this.#topology = buildTopology({
      services: 50,
      seed,
      fanOutMean: 3,
      fanOutDistribution: 'poisson',
    });
    const { domains } = this.#topology;
    this.#mutations = createMutationSchedule({ seed, domains, epochMs: START_MS, timeScale: 1 });
    this.#profileCount = domains.find((domain) => domain.name === 'profile')?.keyCount ?? 1;
  }

  async run(arm: Arm): Promise<void> {
    const shared = arm.caches === 'shared' ? await this.#open(arm, 0) : null;
    const paths = await Promise.all(
      this.#topology.services.map(async ({ index }) => shared ?? (await this.#open(arm, index))),
    );
    const plan = {
      topology: this.#topology,
      seed: this.#seed,
      stream: 0,
      ratePerSecond: rate,
      durationMs: seconds * 1000,
    };
    let requests = 0;
    for (const { dueUs, requestType, keys } of arrivals(plan)) {
      this.nowMs = START_MS + dueUs / 1000;
      await this.#request(requestType, keys, paths);
      // The caches tell their learners in turns of the event loop.
      if (++requests % 20 === 0) await nextTurn();
    }
    await Promise.all(paths.map((path) => path[Symbol.asyncDispose]()));
  }

  async #request(index: number, keys: readonly number[], paths: readonly ReadPath[]): Promise<void> {
    const type = this.#topology.requestTypes[index]!;
    const path = paths[type.service]!;
    const ids: number[] = [];
    let next = 0;
    for (const { domain, owner, after } of type.reads) {
      const parent = after === null ? null : type.reads[after]!;
      const id =
        parent === null
          ? keys[next++]!
          : userIdOf(this.#seed, parent.owner, ids[after!]!, this.#profileCount);
      ids.push(id);
      const key = cacheKey(domain, owner, id);
      const held = path.readNow(key);
      const value = held ?? (await path.read(key, { domain, owner, id })).value;
      const late = this.#mutations.stalenessMs({ domain, owner, id }, value.version, this.nowMs);
      this.#count(held !== undefined, late > 0);
    }
  }

  #count(isHit: boolean, isStale: boolean): void {
    const window = Math.floor((this.nowMs - START_MS) / WINDOW_MS);
    for (const [series, add] of [
      [this.reads, 1],
      [this.hits, isHit ? 1 : 0],
      [this.stale, isStale ? 1 : 0],
    ] as const) {
      series[window] = (series[window] ?? 0) + add;
    }
  }

  #open(arm: Arm, serviceIndex: number): Promise<ReadPath> {
    const ttls = new Map<DomainName, Millis>(this.#topology.domains.map(({ name, ttlMs }) => [name, ttlMs]));
    return scenarioOf(arm.scenario).open({
      serviceIndex,
      budgetBytes: 64 * 1024 * 1024,
      fetchFromOrigin: async (at): Promise<Stamped> => ({
        version: this.#mutations.version(at, this.nowMs),
        updatedAt: this.#mutations.changedAtMs(at, this.nowMs),
      }),
      ttlMs: (domain) => ttls.get(domain)!,
      countRedisCommands: () => {},
      sharedRedis: null,
      sidecarRedis: null,
      clock: { now: () => this.nowMs },
    });
  }
}

const percent = (part: readonly number[], whole: readonly number[]): string =>
  whole.map((all, i) => `${((100 * (part[i] ?? 0)) / all).toFixed(1).padStart(5)}`).join(' ');

process.stdout.write(
  `${rate} requests/s, windows of ${WINDOW_MS / 1000} s from a cold start; loads take no time\n`,
);
for (const seed of seeds) {
  for (const arm of ARMS) {
    const simulation = new Simulation(seed);
    await simulation.run(arm);
    process.stdout.write(`seed ${seed}, ${arm.name}\n`);
    process.stdout.write(`  hits  % ${percent(simulation.hits, simulation.reads)}\n`);
    process.stdout.write(`  stale % ${percent(simulation.stale, simulation.reads)}\n`);
  }
}
