import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { OwnedRun } from '../journal/owned-run.ts';
import { processDied } from '../targets/local/mesh-errors.ts';
import type { FromPod, PodPlan } from './pod/plan.ts';

const PROGRAM = fileURLToPath(new URL('./pod/main.ts', import.meta.url));

type Served = Extract<FromPod, { kind: 'served' }>;

/** A pod that serves: how long it held back its readiness, and what it will have served when its time is over. */
interface ServingPod {
  readonly heldBackMs: number;
  readonly served: Promise<Served>;
}

/** Starts one pod, a process of its own, and resolves when it serves. It ends by itself with this process. */
export async function startPod(
  run: Pick<OwnedRun, 'env'>,
  plan: PodPlan,
  signal: AbortSignal,
): Promise<ServingPod> {
  const pod = fork(PROGRAM, {
    env: { ...process.env, ...run.env },
    execArgv: ['--conditions=l1-source'],
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    signal,
    killSignal: 'SIGKILL',
  });
  const serving = Promise.withResolvers<Extract<FromPod, { kind: 'serving' }>>();
  const served = Promise.withResolvers<Served>();
  pod.on('message', (message) => {
    const said = message as FromPod;
    if (said.kind === 'serving') serving.resolve(said);
    else served.resolve(said);
  });
  const failed = (why: unknown): void => {
    serving.reject(why);
    served.reject(why);
  };
  pod.once('error', (error) => failed(signal.aborted ? signal.reason : error));
  const ended = once(pod, 'exit').then(([exitCode, signal]) =>
    failed(processDied(plan.name, { signal, exitCode })),
  );
  ended.catch(() => {});
  served.promise.catch(() => {});
  serving.promise.catch(() => {});
  pod.send(plan);
  const { heldBackMs } = await serving.promise;
  const gone = served.promise.then(async (result) => {
    await ended;
    return result;
  });
  // Peers serve until their time is over, and nobody waits for them.
  gone.catch(() => {});
  return { heldBackMs, served: gone };
}
