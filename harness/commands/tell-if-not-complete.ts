import type { Result } from '../../reports/schema.ts';
import { EXIT } from '../errors.ts';

/** Says on standard error why a run is not complete, and ends the command with the exit code of that. */
export function tellIfNotComplete({ state, why }: Pick<Result, 'state' | 'why'>): void {
  if (state === 'complete') return;
  process.stderr.write(`The run is ${state}: ${why.join(' ')}\n`);
  process.exitCode = state === 'interrupted' ? EXIT.interrupted : EXIT.invalidRun;
}
