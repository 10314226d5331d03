import type { Millis } from 'l1-cache';
import { BenchError, EXIT } from '../../errors.ts';
import type { OwnedProcess } from '../../journal/owned-process.ts';

/** A part of the mesh ended although nobody asked it to: which, how, and the end of its log. */
export class PodDiedError extends BenchError {
  readonly part: string;

  constructor(process: Pick<OwnedProcess, 'name' | 'logTail'>, how: string) {
    super('POD_DIED', `${process.name} died (${how}). The end of its log:\n${process.logTail()}`, {
      hint: 'The run is invalid. If the log names no cause, the system may have ended it for lack of memory (see dmesg).',
      exitCode: EXIT.invalidRun,
    });
    this.part = process.name;
  }
}

/** As `PodDiedError`, of a process that keeps no log: what it said stands above the message. */
export function processDied(
  name: string,
  { signal, exitCode }: { readonly signal?: string | null; readonly exitCode?: number | null },
): BenchError {
  return new BenchError('POD_DIED', `${name} died (${signal ?? `exit code ${exitCode}`}).`, {
    hint: 'Above is what it said. If that names no cause, the system may have ended it for lack of memory (see dmesg).',
    exitCode: EXIT.invalidRun,
  });
}

export function startTimedOut(process: OwnedProcess, limitMs: Millis): BenchError {
  return new BenchError(
    'START_TIMED_OUT',
    `${process.name} was started but did not serve within ${limitMs / 1000} s. The end of its log:\n${process.logTail()}`,
    {
      hint: 'The machine may be busy: look at "l1bench doctor", or use fewer --services.',
      exitCode: EXIT.environment,
    },
  );
}

/** Rejects with what died, if that is why something failed, else with the error of what failed. */
export async function deathBehind(error: unknown, died: Promise<never>): Promise<never> {
  // The end of a process is told a moment after its connections break.
  const nothingDied = new Promise<never>((_, reject) => setImmediate(reject, error));
  return Promise.race([died, nothingDied]);
}
