import { BenchError, EXIT } from '../errors.ts';

/** An abort signal that Ctrl-C and SIGTERM raise. A second one ends the process at once. */
export interface Interruptible extends Disposable {
  readonly signal: AbortSignal;
}

export function interruptible(): Interruptible {
  const controller = new AbortController();
  const raise = (): void => {
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    process.stderr.write(
      '\nInterrupted: writing what was measured, then cleaning up. Press again to leave at once.\n',
    );
    controller.abort(
      new BenchError('INTERRUPTED', 'The run was interrupted.', {
        hint: 'What was measured is in the report; `l1bench run --resume <run>` goes on from there.',
        exitCode: EXIT.interrupted,
      }),
    );
  };
  process.on('SIGINT', raise);
  process.on('SIGTERM', raise);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off('SIGINT', raise);
      process.off('SIGTERM', raise);
    },
  };
}
