import pc from 'picocolors';
import { InputError } from '../scenarios/input-error.ts';
import { BenchError, EXIT } from './errors.ts';

/** What a file system answers that is set up otherwise than a command needs it. */
const REFUSALS = ['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR', 'EISDIR', 'ENAMETOOLONG'];
const NO_ROOM = ['ENOSPC', 'EDQUOT'];

/** A file that could not be written or read, as an error that the user can act on; other errors as they are. */
function refusalOf(error: unknown): unknown {
  const { code = '', path } = (error ?? {}) as NodeJS.ErrnoException;
  const more = { exitCode: EXIT.environment, cause: error };
  if (NO_ROOM.includes(code)) {
    return new BenchError('DISK_FULL', `The disk is full: ${(error as Error).message}.`, {
      hint: 'Make room there, or name another folder with --out.',
      ...more,
    });
  }
  if (path === undefined || !REFUSALS.includes(code)) return error;
  return new BenchError('FILE_REFUSED', `The file system refuses: ${(error as Error).message}.`, {
    hint: 'Name another place, or see who may write there.',
    ...more,
  });
}

/** An error as a person should read it: what failed, then how to mend it. A defect of ours shows its stack. */
export function explain(thrown: unknown): string {
  const error = refusalOf(thrown);
  if (error instanceof BenchError || error instanceof InputError) {
    return `${pc.red('error')} ${error.message}\n${pc.dim('hint ')} ${error.hint} ${pc.dim(`[${error.code}]`)}`;
  }
  return `${pc.red('error')} ${error instanceof Error ? error.stack : String(error)}`;
}

/** The exit code an error ends the CLI with: 2 for bad input, its own for a `BenchError`, 1 for a defect. */
export function exitCodeOf(thrown: unknown): number {
  const error = refusalOf(thrown);
  if (error instanceof BenchError) return error.exitCode;
  return error instanceof InputError ? EXIT.usage : 1;
}
