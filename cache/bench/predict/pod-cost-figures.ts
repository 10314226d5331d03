import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Figure } from '../figure.ts';
import type { PodPhase, PodPlan } from './pod-process.ts';
import { figureOf, sum } from './summary.ts';

const POD = fileURLToPath(new URL('./pod-process.ts', import.meta.url));
const SEEDS = [1, 2, 3];
const PLAN = {
  // 3.65 reads a request: 5,000 reads a second.
  workload: { requestsPerSecond: 1370, users: 200_000, zipfExponent: 0.9, tokens: 'reused', noise: 0.05 },
  budgetBytes: 16 * 2 ** 20,
  loadMs: 2,
  phaseEndsMs: [30_000, 60_000],
} as const;

/** What prediction costs a whole process, from its start: with everything its cap on learning does not see. */
export async function* podCostFigures(): AsyncGenerator<Figure> {
  // All at once: whatever else the machine does meets both sides of a pair alike.
  const pairs = await Promise.all(
    SEEDS.map(async (seed) => {
      const [on, off] = await Promise.all([run('on', seed), run('off', seed)]);
      return { on, off };
    }),
  );
  const reads = sum(pairs.flatMap(({ on }) => on.map((phase) => phase.reads)));
  const how = `${SEEDS.length} pairs of processes side by side, one with a Predictor and one without, same requests: session workload at 5,000 reads/s in real time from an empty cache of 16 MiB, loads of 2 ms; CPU time of the process with all its threads, compiler and garbage collection included`;
  const figure = (id: string, unit: string, of: (pair: (typeof pairs)[number]) => number, more: string) =>
    figureOf(`cost-pod.${id}`, pairs.map(of), unit, reads, `${how}; ${more}`);
  for (const [phase, name] of ['first-30-s', 'afterwards'].entries()) {
    const share = (phases: readonly PodPhase[]) => 100 * (phases[phase]!.cpuMs / phases[phase]!.tookMs);
    yield figure(
      `share-of-a-core.${name}`,
      '%',
      ({ on, off }) => share(on) - share(off),
      'with prediction less without',
    );
    yield figure(`share-of-a-core.${name}.without`, '%', ({ off }) => share(off), 'the process without');
    yield figure(
      `profile-misses-covered.${name}`,
      'share',
      ({ on, off }) => 1 - on[phase]!.profileMisses / off[phase]!.profileMisses,
      'profile misses with prediction against those without',
    );
  }
  yield figure(
    'ready-in-time',
    'share',
    ({ on }) => sum(on.map(({ timely }) => timely)) / sum(on.map(({ timely, late }) => timely + late)),
    'of the prefetches that were read, of all kinds',
  );
}

async function run(prediction: PodPlan['prediction'], seed: number): Promise<PodPhase[]> {
  const plan: PodPlan = { ...PLAN, prediction, seed };
  const arguments_ = ['--conditions=l1-source', POD, JSON.stringify(plan)];
  const { stdout } = await promisify(execFile)(process.execPath, arguments_);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
