import pc from 'picocolors';
import { InputError } from '../scenarios/input-error.ts';
import { BenchError, EXIT } from './errors.ts';

/** An error as a person should read it: what failed, then how to mend it. A defect of ours shows its stack. */
export function explain(error: unknown): string {
  if (error instanceof BenchError || error instanceof InputError) {
    return `${pc.red('error')} ${error.message}\n${pc.dim('hint ')} ${error.hint} ${pc.dim(`[${error.code}]`)}`;
  }
  return `${pc.red('error')} ${error instanceof Error ? error.stack : String(error)}`;
}

/** The exit code an error ends the CLI with: 2 for bad input, its own for a `BenchError`, 1 for a defect. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof BenchError) return error.exitCode;
  return error instanceof InputError ? EXIT.usage : 1;
}
