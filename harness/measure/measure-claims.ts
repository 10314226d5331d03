import type { Claim } from '../../reports/claims/claim.ts';
import { measurementsFrom } from '../../reports/claims/from-summary.ts';
import {
  MEASURED_ON,
  type MeasurementKind,
  type Measurements,
  type Supplied,
} from '../../reports/claims/measurements.ts';
import type { Summary } from '../../reports/summary.ts';
import { reasonOf } from '../errors.ts';
import type { OwnedRun } from '../journal/owned-run.ts';
import { openLoopDriver } from '../load/open-loop.ts';
import { findFreeNetwork } from '../targets/local/free-network.ts';
import { localTarget } from '../targets/local/local-target.ts';
import { needTool } from '../tools/need-tool.ts';
import type { ToolReports } from '../tools/tool.ts';
import { measureColdPod } from './cold-pod.ts';
import { measureEnvoyCache } from './envoy-cache.ts';
import { measureCopyCost, measureMapGet, measureStampede } from './in-process.ts';
import { measureMeshCalls } from './mesh-calls.ts';
import { measureMeshTelemetry } from './mesh-telemetry.ts';
import { measureLocalhostReads, measureRedisGrowth } from './redis-reads.ts';
import { measureFleet, measureFreshness, measurePrewarming } from './simulated.ts';
import { measureTransparentReads } from './transparent-reads.ts';

/** What the claims can be measured with. */
export interface ClaimParts {
  readonly run: OwnedRun;
  readonly tools: ToolReports;
  /** A run of the main comparison, or null when no claim needs one. */
  readonly summary: Summary | null;
  readonly signal: AbortSignal;
  readonly onStep: (what: string) => void;
}

/** One way to obtain measurements; it answers several kinds at once where they share a set-up. */
interface Step {
  readonly what: string;
  readonly gives: readonly MeasurementKind[];
  readonly measure: (parts: ClaimParts) => Promise<Partial<Measurements>>;
}

/** The measurements that come out of an ordinary run of the main comparison. */
export const FROM_A_RUN: readonly MeasurementKind[] = [
  'inProcessRead',
  'hitUnderLoad',
  'baselineAndL1',
  'memoryPerPayload',
  'coldStarts',
];

const STEPS: readonly Step[] = [
  {
    what: 'reading from Redis and a cache container over TCP and Unix socket',
    gives: ['localhostRead', 'tenLookups'],
    measure: async ({ run, tools }) => {
      await using network = await findFreeNetwork(run.runId, 1);
      const { sharedRedis, pods } = network;
      const at = { redis: sharedRedis, container: pods[0]!.container };
      return await measureLocalhostReads(run, needTool(tools.redis).path, at);
    },
  },
  {
    what: 'filling a Redis beyond its limit',
    gives: ['redisGrowth'],
    measure: async ({ run, tools }) => {
      await using network = await findFreeNetwork(run.runId, 1);
      return await measureRedisGrowth(run, needTool(tools.redis).path, network.sharedRedis);
    },
  },
  { what: 'copying values out', gives: ['copyCost'], measure: async () => measureCopyCost() },
  { what: 'letting a key expire under many readers', gives: ['stampede'], measure: () => measureStampede() },
  {
    what: 'calling through sidecars',
    gives: ['meshRoundTrip', 'fanOutOfFive'],
    measure: async ({ run, tools, signal }) => {
      const target = localTarget({
        run,
        redisExecutable: needTool(tools.redis).path,
        envoyExecutable: needTool(tools.envoy).path,
      });
      await using driver = await openLoopDriver(run.env);
      return await measureMeshCalls(target, driver, signal);
    },
  },
  {
    what: 'asking Envoy’s own HTTP cache',
    gives: ['envoyCache'],
    measure: ({ run, tools }) => measureEnvoyCache(run, needTool(tools.envoy).path),
  },
  {
    what: 'reading with a program that knows nothing of the cache',
    gives: ['transparentReads'],
    measure: ({ run, tools }) => measureTransparentReads(run, needTool(tools.redis).path),
  },
  {
    what: 'counting what a hit and a miss leave behind in the mesh',
    gives: ['meshTelemetry'],
    measure: ({ run, tools }) => measureMeshTelemetry(run, needTool(tools.envoy).path),
  },
  { what: 'warming a cold pod', gives: ['coldPod'], measure: async () => measureColdPod() },
  { what: 'learning which profile is read next', gives: ['prewarming'], measure: measurePrewarming },
  { what: 'learning TTLs', gives: ['learnedTtl'], measure: measureFreshness },
  { what: 'moving the hot set of a fleet', gives: ['hotSetShift'], measure: measureFleet },
];

/** Why a kind is missing that no step gave. */
const NOT_GIVEN = {
  cluster: 'it needs a cluster, and this version of l1bench has no target but this machine',
  anywhere: 'this run did not measure it',
} as const;

/**
 * Measures what the claims need and this target can give. A measurement that fails is missing, with its reason; the
 * others go on.
 */
export async function measureClaims(claims: readonly Claim[], parts: ClaimParts): Promise<Supplied> {
  const needed = new Set(claims.flatMap((claim) => claim.needs));
  const measurements: Partial<Measurements> & { arithmetic: true } = { arithmetic: true };
  const missing: Partial<Record<MeasurementKind, string>> = {};
  if (parts.summary !== null) {
    Object.assign(measurements, measurementsFrom(parts.summary));
    const { inProcessRead } = measurements;
    if (inProcessRead !== undefined) {
      Object.assign(measurements, { inProcessRead: { ...inProcessRead, mapGet: measureMapGet() } });
    }
  }
  for (const step of STEPS) {
    parts.signal.throwIfAborted();
    if (!step.gives.some((kind) => needed.has(kind))) continue;
    parts.onStep(step.what);
    try {
      Object.assign(measurements, await step.measure(parts));
    } catch (error) {
      parts.signal.throwIfAborted();
      const why = reasonOf(error);
      for (const kind of step.gives) missing[kind] = why;
    }
  }
  for (const kind of needed)
    if (measurements[kind] === undefined) missing[kind] ??= NOT_GIVEN[MEASURED_ON[kind]];
  return { measurements, missing };
}
