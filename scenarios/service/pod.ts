import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Millis } from 'l1-cache';
import { scenarioOf } from '../catalogue.ts';
import { preloaded } from '../preloaded.ts';
import { createRng } from '../random.ts';
import { cacheKey } from '../read-key.ts';
import type { PrefetchCounts, ReadPath, ReadPathContext } from '../read-path.ts';
import type { DomainName, ReadStep, RequestType } from '../topology/topology.ts';
import { createMutationSchedule } from '../workload/mutation.ts';
import { timeBatches } from './batch-timing.ts';
import { ChainedMisses } from './chained-misses.ts';
import { measureClockCost } from './clock-cost.ts';
import type { Controlled } from './control.ts';
import { coverageNow, coverageSince } from './coverage.ts';
import { createInbound } from './inbound.ts';
import { createOrigin } from './origin.ts';
import { createOutbound } from './outbound.ts';
import { ProcessStats } from './process-stats.ts';
import type { HitCounts, PodBlock, PodConfig, PodMemory } from './protocol.ts';
import { chainGap, makeReads, type RequestReads } from './reader.ts';
import { NanosHistogram, Recorder } from './recorder.ts';

/**
 * One pod: the reads of its inbound requests through the current read path, the truth of the data it owns, and
 * the records of the current block. Read paths stay once made, so that blocks of several scenarios can alternate
 * without emptying each other's caches.
 */
export class Pod implements Controlled, AsyncDisposable {
  readonly inbound;
  readonly #config: PodConfig;
  readonly #mutations;
  readonly #clockCostNs = measureClockCost();
  readonly #stats = new ProcessStats();
  readonly #paths = new Map<string, Promise<ReadPath>>();
  readonly #chainGapMs: () => Millis;
  readonly #context: Omit<ReadPathContext, 'countRedisCommands'>;
  /** One for each scenario: each starts knowing nothing. */
  readonly #chainedMisses = new Map<string, ChainedMisses>();
  #scenario: string | undefined;
  #path: ReadPath | undefined;
  #misses = new ChainedMisses();
  #recorder = new Recorder();
  #prefetchesBefore: PrefetchCounts | undefined;
  #coverage = coverageNow();
  #lastError: unknown;

  constructor(config: PodConfig) {
    const { topology, serviceIndex, seed, timeScale, epochMs } = config;
    this.#config = config;
    this.#mutations = createMutationSchedule({ seed, domains: topology.domains, epochMs, timeScale });
    this.#chainGapMs = chainGap(topology.chainGapMs, createRng(seed, serviceIndex));
    const ttls = new Map<DomainName, Millis>(
      topology.domains.map((domain) => [domain.name, domain.ttlMs / timeScale]),
    );
    const outbound = createOutbound(config);
    this.#context = {
      serviceIndex,
      budgetBytes: config.budgetBytes,
      ...outbound,
      fetchFromOrigin: async (at) => {
        const misses = this.#misses;
        const fromMs = performance.now();
        const { value } = await outbound.ask(at);
        misses.loaded(cacheKey(at.domain, at.owner, at.id), performance.now() - fromMs);
        return value;
      },
      ttlMs: (domain) => ttls.get(domain) as Millis,
      sharedRedis: config.sharedRedis,
      sidecarRedis: config.sidecarRedis,
      ...(config.containerSocket !== undefined && { containerSocket: config.containerSocket }),
      ...(config.sharedMemoryFile !== undefined && { sharedMemoryFile: config.sharedMemoryFile }),
      fleet: {
        self: topology.services[serviceIndex]?.name ?? `svc-${serviceIndex}`,
        members: topology.services.map((service) => service.name),
        secret: createHash('sha256').update(config.runId).digest(),
      },
    };
    this.inbound = createInbound({
      serviceIndex,
      topology,
      origin: createOrigin({ serviceIndex, seed, topology, mutations: this.#mutations, timeScale }),
      serve: (requestType, ids) => this.#serve(requestType, ids),
      onError: (error) => this.#failed(error),
      onOriginServed: () => {
        this.#recorder.originServed += 1;
      },
    });
  }

  async useScenario(name: string): Promise<void> {
    let path = this.#paths.get(name);
    if (path === undefined) {
      path = scenarioOf(name).open({
        ...this.#context,
        // A fleet talks on in the blocks of others.
        countRedisCommands: (count) => {
          if (this.#scenario === name) this.#recorder.redisCommands += count;
        },
      });
      this.#paths.set(name, path);
      // A path that could not connect may be asked for again.
      path.catch(() => this.#paths.delete(name));
    }
    this.#path = await path;
    this.#scenario = name;
    this.#misses = this.#chainedMisses.get(name) ?? new ChainedMisses();
    this.#chainedMisses.set(name, this.#misses);
    preloaded()?.use(scenarioOf(name).needs === 'preload' ? 'on' : 'off');
  }

  async clear(): Promise<void> {
    await this.#path?.clear();
  }

  startBlock(): void {
    this.#recorder = new Recorder();
    this.#lastError = undefined;
    this.#prefetchesBefore = this.#path?.prefetches?.();
    this.#coverage = coverageNow();
    this.#stats.start(this.#recorder);
  }

  hits(): HitCounts {
    return this.#recorder.hitCounts();
  }

  async stopBlock(): Promise<PodBlock> {
    // Requests already answered may still wait for their turn to be recorded.
    await nextTurn();
    const recorder = this.#recorder;
    const cpu = this.#stats.cpu();
    this.#stats.stop();
    // What still comes in after the block is not of it.
    this.#recorder = new Recorder();
    const l1Batch = new NanosHistogram();
    const rng = createRng(this.#config.seed, recorder.requests);
    const path = this.#path;
    if (path !== undefined) {
      const measure = () => timeBatches(path, recorder.recentHits, this.#clockCostNs, rng, l1Batch);
      if (path.quietly === undefined) measure();
      else await path.quietly(measure);
    }
    return {
      service: this.#config.serviceIndex,
      requests: recorder.requests,
      errors: recorder.errors,
      firstError: this.#lastError === undefined ? null : String(this.#lastError),
      readsByOutcome: Object.fromEntries(
        [...recorder.outcomes].map(([outcome, { count, latency }]) => [
          outcome,
          { count, latencyNs: latency.encode() },
        ]),
      ),
      l1PerReadNs: recorder.l1PerRead.encode(),
      l1BatchNs: l1Batch.encode(),
      timerCostNs: this.#clockCostNs,
      allReadsNs: recorder.allReads.encode(),
      readsOfRequestNs: recorder.readsOfRequest.encode(),
      staleReads: recorder.staleReads,
      staleAgeNs: recorder.staleAge.encode(),
      originServed: recorder.originServed,
      redisCommands: recorder.redisCommands,
      cpuUserUs: cpu.userUs,
      cpuSystemUs: cpu.systemUs,
      eventLoopDelayNs: recorder.eventLoopDelay.encode(),
      gcPauseNs: recorder.gcPause.encode(),
      contents: this.#contents(),
      chainedMisses: recorder.chainedMisses,
      coverage: coverageSince(this.#coverage, coverageNow()),
      prefetches: since(this.#prefetchesBefore, this.#path?.prefetches?.()),
    };
  }

  memory(): PodMemory {
    // The collection that V8 makes when memory is short. A plain one keeps the freed pages, 12 MiB where node-redis was
    // started, and V8 by itself takes minutes to give them back.
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
    const memory = process.memoryUsage();
    return {
      heapUsedBytes: memory.heapUsed,
      heapTotalBytes: memory.heapTotal,
      externalBytes: memory.external,
      arrayBuffersBytes: memory.arrayBuffers,
      rssBytes: memory.rss,
      contents: this.#contents(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stats.stop();
    const paths = await Promise.allSettled(this.#paths.values());
    await Promise.allSettled(
      paths.map((path) => (path.status === 'fulfilled' ? path.value[Symbol.asyncDispose]() : undefined)),
    );
  }

  #contents(): PodMemory['contents'] {
    return this.#path?.contents() ?? { entries: 0, payloadBytes: 0, chargedBytes: 0 };
  }

  async #serve(requestType: number, ids: readonly number[]): Promise<void> {
    const path = this.#path;
    if (path === undefined) throw new Error('no scenario chosen yet: POST /scenario first');
    const type = this.#config.topology.requestTypes[requestType] as RequestType;
    const recorder = this.#recorder;
    const done = await makeReads(path, type.reads, ids, {
      fanOut: this.#config.fanOut,
      clockCostNs: this.#clockCostNs,
      chainGapMs: this.#chainGapMs,
    });
    // The answer goes out first; recording is not part of what the caller waits for.
    setImmediate(() => this.#record(recorder, type, done));
  }

  #record(recorder: Recorder, type: RequestType, { reads, totalNs, l1PerReadNs }: RequestReads): void {
    const nowMs = Date.now();
    recorder.requests += 1;
    recorder.readsOfRequest.record(totalNs);
    if (l1PerReadNs !== null) recorder.l1PerRead.record(l1PerReadNs);
    for (const [i, read] of reads.entries()) {
      const after = type.reads[i]?.after ?? null;
      if (after !== null) {
        this.#misses.count(recorder.chainedMisses, {
          from: kindOf(type.reads[after] as ReadStep),
          to: kindOf(read.at),
          key: read.key,
          pauseMs: read.pauseNs / 1e6,
          tookMs: read.latencyNs / 1e6,
          missed: read.outcome !== 'l1',
        });
      }
      if (!type.reads.some((step) => step.after === i)) this.#misses.ledNowhere(kindOf(read.at));
      recorder.read(read.outcome, read.latencyNs);
      if (read.outcome === 'l1') recorder.remember(read.key);
      const staleMs = this.#mutations.stalenessMs(read.at, read.value.version, nowMs);
      if (staleMs > 0) {
        recorder.staleReads += 1;
        recorder.staleAge.record(staleMs * 1e6);
      }
    }
  }

  #failed(error: unknown): void {
    this.#recorder.errors += 1;
    this.#lastError ??= error;
  }
}

function kindOf({ domain, owner }: Pick<ReadStep, 'domain' | 'owner'>): string {
  return `${domain}.${owner}`;
}

function since(before: PrefetchCounts | undefined, now: PrefetchCounts | undefined): PrefetchCounts | null {
  if (now === undefined) return null;
  return {
    fetched: now.fetched - (before?.fetched ?? 0),
    timely: now.timely - (before?.timely ?? 0),
    late: now.late - (before?.late ?? 0),
    unused: now.unused - (before?.unused ?? 0),
  };
}
