import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { BenchError, EXIT } from '../errors.ts';
import type { Deployment } from '../targets/target.ts';
import type { LoadDriver, LoadPlan, LoadResult } from './driver.ts';
import type { GeneratorJob, GeneratorMessage } from './messages.ts';
import type { Priority } from './priority.ts';

const GENERATOR = fileURLToPath(new URL('./generator.ts', import.meta.url));

const METHOD: Readonly<Record<Priority, string>> = {
  'real-time': 'a process of its own at real-time priority',
  raised: 'a process of its own at raised priority',
  normal: 'a process of its own at normal priority, so it queues for a core like the pods',
};

function failed(why: string, cause?: unknown): BenchError {
  return new BenchError('LOAD_GENERATOR_FAILED', `The load generator failed: ${why}`, {
    hint: 'If nothing ended it (the system may have, for lack of memory: see dmesg), this is a defect of l1bench; please report it with the command you ran.',
    exitCode: EXIT.invalidRun,
    cause,
  });
}

/**
 * The embedded driver: one generator process, kept between blocks so that its code stays warm.
 * It ends by itself when this process is gone. `env` marks it as the run's own.
 */
export async function openLoopDriver(env: Readonly<Record<string, string>>): Promise<LoadDriver> {
  const generator = execaNode(GENERATOR, {
    env,
    ipc: true,
    serialization: 'advanced',
    nodeOptions: ['--conditions=l1-source'],
    nodePath: process.execPath,
    buffer: false,
    stdout: 'ignore',
    stderr: 'inherit',
    reject: false,
  });
  const ended = async (cause: unknown): Promise<never> => {
    const { signal, exitCode } = await generator;
    throw failed(`it ended with ${signal ?? `exit code ${exitCode}`}`, cause);
  };
  // Both throw at once, not in their promise, when it is gone already.
  const next = async (): Promise<GeneratorMessage> => {
    const heard = (async () => generator.getOneMessage({ reference: true }))();
    return (await heard.catch(ended)) as unknown as GeneratorMessage;
  };
  const tell = async (job: GeneratorJob): Promise<void> => generator.sendMessage(job as never);
  const ready = await next();
  if (ready.kind !== 'ready') throw failed(JSON.stringify(ready));

  return {
    name: 'open-loop',
    method: METHOD[ready.priority],
    async run(plan: LoadPlan, to: Deployment['ingress'], signal: AbortSignal): Promise<LoadResult> {
      signal.throwIfAborted();
      const job: GeneratorJob = { plan, ingress: plan.topology.services.map((service) => to(service.index)) };
      const answer = next();
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const abort = (): void => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      // It may come while the job is being sent: a generator in the same terminal is gone by then.
      answer.catch(() => {});
      const sent = tell(job).then(() => answer, ended);
      const message = await Promise.race([sent, aborted]).finally(() =>
        signal.removeEventListener('abort', abort),
      );
      if (message.kind === 'result') return message.result;
      throw failed(JSON.stringify(message));
    },
    async [Symbol.asyncDispose]() {
      generator.kill('SIGKILL');
      await generator;
    },
  };
}
