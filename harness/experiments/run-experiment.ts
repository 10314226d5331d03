import { EXPERIMENT_VERSION, type Experiment } from '../../reports/experiment/schema.ts';
import { openRun } from '../journal/owned-run.ts';
import type { Surroundings } from '../run/execute.ts';
import { interruptible, unlessInterrupted } from '../run/interrupt.ts';
import type { ProfileName } from '../run/profile.ts';
import { findFreeNetwork } from '../targets/local/free-network.ts';
import { startRedis } from '../targets/local/redis-server.ts';
import { RunningParts } from '../targets/local/running-parts.ts';
import { needTool } from '../tools/need-tool.ts';
import type { ExperimentKind } from './experiment.ts';

/** Seeds of a simulation. */
const SEEDS: Readonly<Record<ProfileName, number>> = { quick: 2, standard: 3, full: 5 };
const BUS_BYTES = 64 * 2 ** 20;

export interface ExperimentRequest {
  readonly kind: ExperimentKind;
  readonly runId: string;
  readonly command: string;
  readonly seed: number;
  readonly profile: ProfileName;
}

/**
 * Measures one experiment, with a Redis of its own for pods to talk over. Rejects when it is interrupted, or when that Redis
 * dies. No pod serves on after it.
 */
export async function runExperiment(
  { kind, runId, command, seed, profile }: ExperimentRequest,
  { projectFolder, tools, environment }: Surroundings,
  say: (line: string) => void,
): Promise<Experiment> {
  const started = new Date();
  using interrupt = interruptible('nothing');
  using run = openRun(projectFolder, runId);
  await using network = await findFreeNetwork(runId, 1);
  const { sharedRedis } = network;
  await using parts = new RunningParts();
  parts.add(
    await startRedis(run, needTool(tools.redis).path, {
      name: 'bus',
      endpoint: sharedRedis,
      maxMemoryBytes: BUS_BYTES,
    }),
  );
  const over = new AbortController();
  try {
    const measuring = kind.measure({
      run,
      bus: sharedRedis,
      seed,
      seeds: SEEDS[profile],
      signal: AbortSignal.any([interrupt.signal, over.signal]),
      say: (what) => say(`${Math.round((Date.now() - started.getTime()) / 1000)} s: ${what}`),
    });
    const findings = await unlessInterrupted(interrupt.signal, () => Promise.race([measuring, parts.died]));
    return {
      schemaVersion: EXPERIMENT_VERSION,
      experiment: kind.name,
      runId,
      startedAt: started.toISOString(),
      durationMs: Date.now() - started.getTime(),
      command,
      seed,
      environment,
      title: findings.title,
      answer: [...findings.answer],
      sections: [...findings.sections],
      limits: [...findings.limits],
    };
  } finally {
    over.abort();
  }
}
