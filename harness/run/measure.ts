import { setTimeout as delay } from 'node:timers/promises';
import type { Millis } from 'l1-cache';
import type { Block, ColdStart, MemoryReading } from '../../reports/schema.ts';
import { percentileNs } from '../../reports/statistics/histogram.ts';
import type { Topology } from '../../scenarios/topology/topology.ts';
import { BenchError, EXIT } from '../errors.ts';
import type { LoadDriver, LoadPlan, LoadResult } from '../load/driver.ts';
import type { Deployment } from '../targets/target.ts';
import { blockOrder } from './block-order.ts';
import { othersCpuRatio, readCpu } from './cpu-reading.ts';
import { mergePods } from './merge-pods.ts';
import type { Profile } from './profile.ts';
import type { Progress } from './progress.ts';
import type { RunLog } from './run-log.ts';
import { brokenRules, brokenRulesOfFill } from './validity.ts';
import { isSteady } from './warm-up.ts';

/** How often the hit ratio is read during a warm-up. */
const HITS_EVERY_MS: Millis = 500;
/** A warm-up is driven in pieces of this length, and looked at after each. */
const WARM_UP_PIECE_MS: Millis = 2_000;
/** A median above this means that the mesh does not serve the rate but queues it. */
const OVERLOAD_P50_MS: Millis = 400;
/** What switching the scenario and reading all pods adds to a block, for the progress line. */
const BLOCK_OVERHEAD_MS: Millis = 900;
/** Replacing the pods, and filling one process beside them. */
const RESTART_MS: Millis = 6_000;

/** Streams of arrivals: rounds count from zero, warm-ups and fills from far above, so that no two share keys. */
const WARM_UP_STREAM = 1_000_000;
const FILL_STREAM = 2_000_000;

export interface RunPlan {
  readonly scenarios: readonly string[];
  readonly topology: Topology;
  readonly seed: number;
  readonly profile: Profile;
  readonly workload: LoadPlan['workload'];
}

export interface RunParts {
  readonly deployment: Deployment;
  readonly driver: LoadDriver;
  readonly log: RunLog;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  readonly nowMs: () => Millis;
  /** Loads a known payload into one process of the scenario and reads what it costs. */
  readonly payloadCost: (scenario: string) => Promise<MemoryReading['filled']>;
}

/** Expected length of all that `measure` does, for the progress line. */
export function expectedMs({ scenarios, profile }: Pick<RunPlan, 'scenarios' | 'profile'>): Millis {
  const perScenario =
    profile.warmUpLimitMs +
    profile.rounds * (profile.blockMs + BLOCK_OVERHEAD_MS) +
    profile.memoryFillMs +
    RESTART_MS;
  return scenarios.length * perScenario;
}

/**
 * Measures every scenario on a standing mesh, each finished piece going to the log:
 *
 * 1. Warm-up of each scenario from empty caches until the hit ratio is steady; its course is the cold start.
 * 2. Rounds of interleaved blocks. The blocks of a round meet the same arrivals, in alternating order.
 * 3. Memory of each scenario deployed alone in fresh pods, after a fill.
 *
 * What the log already holds is not measured again. Rejects with the signal's reason when aborted.
 */
export async function measure(plan: RunPlan, parts: RunParts): Promise<void> {
  const { log, progress, signal } = parts;
  const { profile, scenarios } = plan;
  const known = log.measured;

  const blockIsDone = (round: number, scenario: string): boolean =>
    known.blocks.some((block) => block.round === round && block.scenario === scenario);
  const rounds = Array.from({ length: profile.rounds }, (_, round) => round);
  const blocksLeft = rounds.some((round) => scenarios.some((scenario) => !blockIsDone(round, scenario)));

  for (const scenario of blocksLeft ? scenarios : []) {
    signal.throwIfAborted();
    progress.phase(`warming up ${scenario}`, profile.warmUpLimitMs);
    const coldStart = await warmUp(scenario, plan, parts);
    if (!known.coldStarts.some((done) => done.scenario === scenario)) {
      log.add({ kind: 'coldStart', value: coldStart });
    }
  }
  for (const round of rounds) {
    for (const scenario of blockOrder(scenarios, round, plan.seed)) {
      if (blockIsDone(round, scenario)) continue;
      signal.throwIfAborted();
      progress.phase(
        `round ${round + 1} of ${profile.rounds}: ${scenario}`,
        profile.blockMs + BLOCK_OVERHEAD_MS,
      );
      await parts.deployment.useScenario(scenario);
      const block = await measureBlock(scenario, loadPlan(plan, round, profile.blockMs), parts);
      log.add({ kind: 'block', value: { ...block, index: known.blocks.length } });
    }
  }
  for (const scenario of scenarios) {
    if (known.memory.some((reading) => reading.scenario === scenario)) continue;
    signal.throwIfAborted();
    progress.phase(`memory of ${scenario}, deployed alone`, profile.memoryFillMs + RESTART_MS);
    log.add({ kind: 'memory', value: await measureMemory(scenario, plan, parts) });
  }
}

async function warmUp(scenario: string, plan: RunPlan, parts: RunParts): Promise<ColdStart> {
  const { deployment, driver, signal, nowMs } = parts;
  await deployment.useScenario(scenario);
  await deployment.clearCaches();
  await deployment.startBlock();
  const startedMs = nowMs();
  const series: ColdStart['series'] = [];
  let seen = { reads: 0, hits: 0 };
  const look = async (): Promise<void> => {
    const now = await deployment.hits();
    series.push({ tMs: nowMs() - startedMs, reads: now.reads - seen.reads, hits: now.hits - seen.hits });
    seen = now;
  };

  let piece = 0;
  let last: LoadResult | null = null;
  let endedBy: ColdStart['endedBy'] = 'time-limit';
  while (nowMs() - startedMs < plan.profile.warmUpLimitMs) {
    const driving = driver.run(
      loadPlan(plan, WARM_UP_STREAM + piece, WARM_UP_PIECE_MS),
      deployment.ingress,
      signal,
    );
    piece += 1;
    let running = true;
    const ended = driving.finally(() => {
      running = false;
    });
    ended.catch(() => {});
    while (running) {
      await Promise.race([ended, delay(HITS_EVERY_MS), deployment.died]);
      await look();
    }
    last = await ended;
    if (isSteady(series)) {
      endedBy = 'steady';
      break;
    }
  }
  await deployment.stopBlock();
  // Only the last piece: the first ones meet code that is not compiled yet.
  if (last !== null) refuseOverload(last, WARM_UP_PIECE_MS);
  return { scenario, series, endedBy };
}

/**
 * One block on a mesh that is set to what is measured: the load of `load`, and what every pod recorded meanwhile.
 * Blocks with the same stream belong to one round. `label` names the side: a scenario, or a version of the code.
 */
export async function measureBlock(
  label: string,
  plan: LoadPlan,
  { deployment, driver, signal, nowMs }: Pick<RunParts, 'deployment' | 'driver' | 'signal' | 'nowMs'>,
): Promise<Block> {
  const cpuBefore = await readCpu(deployment);
  await deployment.startBlock();
  const startedAtMs = nowMs();
  const load = await Promise.race([driver.run(plan, deployment.ingress, signal), deployment.died]);
  const durationMs = nowMs() - startedAtMs;
  const pods = await deployment.stopBlock();
  const cpu = await readCpu(deployment);
  const since = (after: number | null, before: number | null): number | null =>
    after === null || before === null ? null : after - before;
  return {
    index: 0,
    round: plan.stream,
    scenario: label,
    startedAtMs,
    durationMs,
    brokenRules: brokenRules({ ...load, lagP50Ms: (percentileNs(load.lagNs, 50) ?? 0) / 1e6 }),
    scheduled: load.scheduled,
    completed: load.completed,
    errors: load.errors,
    unsent: load.unsent,
    latencyNs: load.latencyNs,
    serviceTimeNs: load.serviceTimeNs,
    lagNs: load.lagNs,
    ...mergePods(pods),
    // By the pods' own account: reading fifty recorders is not the application's work.
    appCpuUs: pods.reduce((sum, pod) => sum + pod.cpuUserUs + pod.cpuSystemUs, 0),
    proxyCpuUs: since(cpu.parts.proxyUs, cpuBefore.parts.proxyUs),
    redisCpuUs: since(cpu.parts.redisUs, cpuBefore.parts.redisUs),
    driverCpuUs: load.cpuUs,
    othersCpuRatio: othersCpuRatio(cpuBefore, cpu, load.cpuUs),
  };
}

async function measureMemory(scenario: string, plan: RunPlan, parts: RunParts): Promise<MemoryReading> {
  const { deployment, driver, signal, payloadCost } = parts;
  const sample = plan.topology.services
    .map(({ index }) => index)
    .filter((index) => index % plan.profile.memoryEveryPods === 0);
  await deployment.restartPods(sample, scenario);
  await deployment.clearCaches();
  const load = await Promise.race([
    driver.run(loadPlan(plan, FILL_STREAM, plan.profile.memoryFillMs), deployment.ingress, signal),
    deployment.died,
  ]);
  const reading = await deployment.memory(scenario, sample);
  return {
    ...reading,
    brokenRules: brokenRulesOfFill(load),
    launch: deployment.launch(sample[0]!),
    filled: await payloadCost(scenario),
  };
}

function loadPlan(plan: RunPlan, stream: number, durationMs: Millis): LoadPlan {
  return {
    topology: plan.topology,
    seed: plan.seed,
    stream,
    ratePerSecond: plan.profile.ratePerSecond,
    durationMs,
    workload: plan.workload,
  };
}

/** A mesh that queues at the asked rate gives no latency worth reading; better to say so before the blocks. */
function refuseOverload(load: LoadResult, durationMs: Millis): void {
  const p50Ms = (percentileNs(load.latencyNs, 50) ?? 0) / 1e6;
  if (load.unsent === 0 && p50Ms <= OVERLOAD_P50_MS) return;
  const asked = Math.round((load.scheduled / durationMs) * 1000);
  throw new BenchError(
    'RATE_TOO_HIGH',
    `The mesh does not serve ${asked} requests/s on this machine: the median answer took ${Math.round(p50Ms)} ms and ${load.unsent} of ${load.scheduled} requests were never sent.`,
    { hint: `Lower --rate (try ${Math.max(10, Math.round(asked / 3))}).`, exitCode: EXIT.invalidRun },
  );
}
