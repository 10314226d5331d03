import type { Bytes, Millis } from 'l1-cache';
import { type Result, SCHEMA_VERSION } from '../../reports/schema.ts';
import { buildTopology } from '../../scenarios/topology/build.ts';
import type { FanOutDistribution, Topology } from '../../scenarios/topology/topology.ts';
import { inputDigest } from '../../scenarios/workload/input-digest.ts';
import { BenchError } from '../errors.ts';
import { explain } from '../explain.ts';
import { openRun } from '../journal/owned-run.ts';
import { arrivalsOf } from '../load/arrivals-of.ts';
import { CALIBRATION_MS, calibrate } from '../load/calibrate.ts';
import type { LoadDriver, LoadPlan } from '../load/driver.ts';
import { k6Driver } from '../load/k6.ts';
import { openLoopDriver } from '../load/open-loop.ts';
import { readCpuTicks } from '../machine/fitness.ts';
import { type CpuTicks, stealRatio } from '../machine/proc-stat.ts';
import { localTarget } from '../targets/local/local-target.ts';
import { deathBehind } from '../targets/local/mesh-errors.ts';
import type { Deployment, Mesh } from '../targets/target.ts';
import { needTool } from '../tools/need-tool.ts';
import type { ToolReport, ToolReports } from '../tools/tool.ts';
import { conclude } from './conclude.ts';
import { interruptible } from './interrupt.ts';
import { expectedMs, measure } from './measure.ts';
import { measurePayloadCost } from './payload-cost.ts';
import type { Profile, ProfileName } from './profile.ts';
import type { Progress } from './progress.ts';
import type { RunLog } from './run-log.ts';
import { runnableScenarios } from './runnable-scenarios.ts';

/** Everything a user decides about a run. */
export interface RunRequest {
  readonly runId: string;
  /** The command as typed, for the report. */
  readonly command: string;
  /** The first is the baseline unless `shared-redis` is among them. */
  readonly scenarios: readonly { readonly name: string; readonly description: string }[];
  /** `all`: those that can run here. */
  readonly asked: 'all' | 'by-name';
  readonly services: number;
  readonly seed: number;
  readonly fanOutMean: number;
  readonly fanOutDistribution: FanOutDistribution;
  readonly fanOut: 'parallel' | 'sequential';
  /** Median pause between a read and the read that its value names. */
  readonly chainGapMs: Millis;
  readonly profileName: ProfileName;
  readonly profile: Profile;
  readonly mesh: Mesh | 'auto';
  readonly driver: LoadDriver['name'];
  readonly workload: LoadPlan['workload'];
  readonly budgetBytes: Bytes;
  readonly timeScale: number;
}

/** What the machine offers: found or installed by `setup`, measured by the fitness probe. */
export interface Surroundings {
  readonly projectFolder: string;
  readonly tools: ToolReports;
  readonly mesh: Mesh;
  readonly environment: Result['environment'];
}

/** Pods of a mesh are expected to be ready within this. */
const DEPLOY_MS = { envoy: 20_000, none: 8_000 } as const;

/**
 * Stands the mesh up, measures, takes it down, and answers what was measured, complete or not: an interrupted or
 * broken run is a result too, with its state and the reason. Rejects only when nothing could be measured, nor anything more
 * by a run that goes on.
 */
export async function execute(
  asked: RunRequest,
  surroundings: Surroundings,
  log: RunLog,
  progressOver: (totalMs: number) => Progress,
): Promise<Result> {
  const { projectFolder, mesh, environment, tools } = surroundings;
  const { scenarios, leftOut } = runnableScenarios(asked, surroundings);
  const request = { ...asked, scenarios };
  const started = new Date();
  const ticksBefore = await readCpuTicks();
  const topology = buildTopology(request);
  const plan = { ...request, topology, scenarios: request.scenarios.map(({ name }) => name) };
  const inputSha256 = await digestOf(request, topology);
  const progress = progressOver(DEPLOY_MS[mesh] + CALIBRATION_MS + expectedMs(plan));
  const interrupt = interruptible('what was measured');
  const startup: Result['startup'] = { podsReadyMs: 0, stoppedMs: null, servicesPssBytes: 0 };
  let generator: Result['generator'] = {
    highestCleanRatePerSecond: null,
    method: 'the run ended before the driver stood',
  };
  let failure: unknown = null;

  using run = openRun(projectFolder, request.runId);
  const stopping = { sinceMs: 0 };
  try {
    await using driver = await driverOf(request.driver, tools.k6, run.folder, run.env);
    generator = { highestCleanRatePerSecond: null, method: driver.method };
    if (driver.name === 'open-loop') {
      progress.phase('calibrating the load generator', CALIBRATION_MS);
      generator = await calibrate(driver, topology, request.seed, run.env, interrupt.signal);
    }
    progress.phase(`starting ${topology.services.length} pods (mesh: ${mesh})`, DEPLOY_MS[mesh]);
    const deployedMs = performance.now();
    const target = localTarget({
      run,
      redisExecutable: needTool(tools.redis).path,
      envoyExecutable: mesh === 'envoy' ? needTool(tools.envoy).path : null,
    });
    await using deployment = await target.deploy(
      { ...request, scenarios: plan.scenarios, topology, epochMs: started.getTime(), mesh },
      interrupt.signal,
    );
    startup.podsReadyMs = performance.now() - deployedMs;
    startup.servicesPssBytes = await applicationBytes(deployment);
    try {
      await measure(plan, {
        deployment,
        driver,
        log,
        progress,
        signal: interrupt.signal,
        nowMs: Date.now,
        payloadCost: (scenario) => measurePayloadCost(run, needTool(tools.redis).path, scenario),
      }).catch((error) => deathBehind(error, deployment.died));
    } finally {
      stopping.sinceMs = performance.now();
    }
  } catch (error) {
    failure = error;
  } finally {
    interrupt[Symbol.dispose]();
    progress.done();
  }
  if (stopping.sinceMs > 0) startup.stoppedMs = performance.now() - stopping.sinceMs;
  if (failure !== null && !interrupt.signal.aborted) {
    if (!log.hasNew) throw failure;
    if (!(failure instanceof BenchError)) process.stderr.write(`${explain(failure)}\n`);
  }

  return {
    schemaVersion: SCHEMA_VERSION,
    runId: request.runId,
    startedAt: started.toISOString(),
    durationMs: Date.now() - started.getTime(),
    piecesMeasuredBefore: log.readBack,
    command: request.command,
    ...conclude(log.measured, plan, failure, interrupt.signal.aborted),
    environment: { ...environment, stealRatio: await stealSince(ticksBefore) },
    settings: {
      services: request.services,
      seed: request.seed,
      fanOutMean: request.fanOutMean,
      fanOut: request.fanOut,
      fanOutDistribution: request.fanOutDistribution,
      chainGapMs: request.chainGapMs,
      ratePerSecond: request.profile.ratePerSecond,
      profile: request.profileName,
      driver: request.driver,
      workload: request.workload.kind === 'synthetic' ? 'synthetic' : `trace:${request.workload.file}`,
      budgetBytes: request.budgetBytes,
      rounds: request.profile.rounds,
      blockMs: request.profile.blockMs,
      timeScale: request.timeScale,
    },
    inputSha256,
    topology: outlineOf(topology),
    scenarios: [...scenarios],
    leftOut,
    ...log.measured,
    generator,
    startup,
  };
}

/** Share of CPU time that the hypervisor took over the whole run; null where the kernel does not tell. */
async function stealSince(before: CpuTicks | null): Promise<number | null> {
  const after = await readCpuTicks();
  return before === null || after === null ? null : stealRatio(before, after);
}

/** Memory of all service processes together, before any cache holds anything. */
async function applicationBytes(deployment: Deployment): Promise<number> {
  const { pods } = await deployment.memory('no-cache');
  return pods.reduce((sum, { totals }) => sum + totals.application, 0);
}

async function driverOf(
  name: LoadDriver['name'],
  k6: ToolReport,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<LoadDriver> {
  return name === 'open-loop' ? openLoopDriver(env) : k6Driver(needTool(k6).path, folder, env);
}

/** The digest of what the measured rounds will meet. */
async function digestOf({ seed, workload, profile }: RunRequest, topology: Topology): Promise<string> {
  const rounds = Array.from({ length: profile.rounds }, (_, stream) =>
    arrivalsOf({
      topology,
      seed,
      stream,
      ratePerSecond: profile.ratePerSecond,
      durationMs: profile.blockMs,
      workload,
    }),
  );
  return inputDigest(topology, await Promise.all(rounds));
}

function outlineOf(topology: Topology): Result['topology'] {
  const weights = new Map<string, Result['topology']['edges'][number]>();
  for (const type of topology.requestTypes) {
    for (const { owner } of type.reads) {
      const name = `${type.service}>${owner}`;
      const weight = (weights.get(name)?.weight ?? 0) + type.weight;
      weights.set(name, { from: type.service, to: owner, weight });
    }
  }
  return {
    services: topology.services.map(({ name, layer, owns }) => ({ name, layer, owns: [...owns] })),
    edges: [...weights.values()],
  };
}
