import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { BenchError, EXIT } from '../errors.ts';
import type { Deployment } from '../targets/target.ts';
import type { LoadDriver, LoadPlan, LoadResult } from './driver.ts';
import type { GeneratorJob, GeneratorMessage } from './messages.ts';

const GENERATOR = fileURLToPath(new URL('./generator.ts', import.meta.url));

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
  const next = async (): Promise<GeneratorMessage> =>
    (await generator.getOneMessage({ reference: true })) as unknown as GeneratorMessage;
  await next();

  return {
    name: 'open-loop',
    async run(plan: LoadPlan, to: Deployment['ingress'], signal: AbortSignal): Promise<LoadResult> {
      const job: GeneratorJob = { plan, ingress: plan.topology.services.map((service) => to(service.index)) };
      const answer = next();
      const aborted = new Promise<never>((_, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      answer.catch(() => {});
      await generator.sendMessage(job as never);
      const message = await Promise.race([answer, aborted]);
      if (message.kind === 'result') return message.result;
      throw new BenchError('LOAD_GENERATOR_FAILED', `The load generator failed: ${JSON.stringify(message)}`, {
        hint: 'This is a defect of l1bench; please report it with the command you ran.',
        exitCode: EXIT.invalidRun,
      });
    },
    async [Symbol.asyncDispose]() {
      generator.kill('SIGKILL');
      await generator;
    },
  };
}
