import { type ExactCounts, type GateStage, gatePairs } from '../../reports/gate/sample.ts';
import type { Block } from '../../reports/schema.ts';
import { seededRng } from '../../reports/statistics/rng.ts';
import { buildTopology } from '../../scenarios/topology/build.ts';
import { openRun } from '../journal/owned-run.ts';
import type { LoadPlan } from '../load/driver.ts';
import { openLoopDriver } from '../load/open-loop.ts';
import { measureBlock } from '../run/measure.ts';
import { findFreeNetwork } from '../targets/local/free-network.ts';
import { localTarget } from '../targets/local/local-target.ts';
import { startRedis } from '../targets/local/redis-server.ts';
import { serviceOf } from '../targets/local/service-bundle.ts';
import type { Deployment } from '../targets/target.ts';
import type { Checkout } from './checkout.ts';
import { countExactly } from './count.ts';

type Side = 'base' | 'head' | 'control';

/** A small mesh: three of them stand side by side on two cores. */
const SERVICES = 6;
const RATE_PER_SECOND = 150;
const WARM_UP_MS = 3_000;
const BUDGET_BYTES = 8 * 2 ** 20;
/** Warm-up arrivals share no keys' order with the rounds. */
const WARM_UP_STREAM = 1_000_000;

export interface StagePlan {
  readonly name: 'first' | 'confirm';
  readonly scenario: string;
  readonly pairs: number;
  readonly blockMs: number;
  readonly seed: number;
}

export interface StageParts {
  readonly projectFolder: string;
  readonly gateId: string;
  readonly redisExecutable: string;
  /** `control` is a second copy of the base. */
  readonly sides: Readonly<Record<Side, Checkout>>;
  readonly signal: AbortSignal;
  readonly onRound: (round: number, of: number) => void;
}

/** What a stage measured: the evidence, and its blocks as recorded. */
export interface MeasuredStage {
  readonly stage: GateStage;
  readonly blocks: readonly Block[];
}

/**
 * One stage of the gate: fresh processes of all three sides stand side by side and meet the same arrivals in blocks,
 * in an order drawn anew for every round.
 */
export async function measureStage(plan: StagePlan, parts: StageParts): Promise<MeasuredStage> {
  const topology = buildTopology({
    services: SERVICES,
    seed: plan.seed,
    fanOutMean: 3,
    fanOutDistribution: 'poisson',
  });
  const load = (stream: number, durationMs: number): LoadPlan => ({
    topology,
    seed: plan.seed,
    stream,
    ratePerSecond: RATE_PER_SECOND,
    durationMs,
    workload: { kind: 'synthetic' },
  });
  await using cleanup = new AsyncDisposableStack();
  const run = cleanup.use(openRun(parts.projectFolder, `${parts.gateId}-${plan.name}`));
  const exact = await countSides(run, parts);
  const driver = cleanup.use(await openLoopDriver(run.env));

  const meshes = new Map<Side, Deployment>();
  for (const side of ['base', 'head', 'control'] as const) {
    const own = cleanup.use(openRun(parts.projectFolder, `${parts.gateId}-${plan.name}-${side}`));
    const target = localTarget({
      run: own,
      redisExecutable: parts.redisExecutable,
      envoyExecutable: null,
      service: serviceOf(parts.sides[side].folder),
    });
    const mesh = await target.deploy(
      {
        runId: own.runId,
        topology,
        seed: plan.seed,
        fanOut: 'parallel',
        budgetBytes: BUDGET_BYTES,
        epochMs: 0,
        timeScale: 1,
        mesh: 'none',
      },
      parts.signal,
    );
    meshes.set(side, cleanup.use(mesh));
    await mesh.useScenario(plan.scenario);
    await driver.run(load(WARM_UP_STREAM, WARM_UP_MS), mesh.ingress, parts.signal);
  }

  const rng = seededRng(plan.seed);
  const blocks: Block[] = [];
  for (let round = 0; round < plan.pairs; round += 1) {
    parts.onRound(round + 1, plan.pairs);
    const order = [...meshes].map((one) => [rng(), one] as const).sort(([a], [b]) => a - b);
    for (const [, [side, deployment]] of order) {
      parts.signal.throwIfAborted();
      blocks.push(
        await measureBlock(side, load(round, plan.blockMs), {
          deployment,
          driver,
          signal: parts.signal,
          nowMs: Date.now,
        }),
      );
    }
  }
  return { stage: { pairs: gatePairs(blocks), exact }, blocks };
}

async function countSides(
  run: ReturnType<typeof openRun>,
  { redisExecutable, sides }: StageParts,
): Promise<Record<Side, ExactCounts>> {
  await using network = await findFreeNetwork(run.runId, 1);
  const endpoint = network.sharedRedis;
  const redis = await startRedis(run, redisExecutable, {
    name: 'counting-redis',
    endpoint,
    maxMemoryBytes: 64 * 2 ** 20,
  });
  try {
    const count = (side: Side) => countExactly(sides[side], endpoint, `${run.folder}/${side}`, run.env);
    return { base: await count('base'), head: await count('head'), control: await count('control') };
  } finally {
    await redis.stop();
  }
}
