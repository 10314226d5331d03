import type { Millis } from 'l1-cache';
import { BenchError, EXIT } from '../errors.ts';

/** What a command that is interrupted leaves to its user. */
type Keeps = 'what was measured' | 'nothing';

/**
 * One press may arrive twice: who signals a whole process group reaches the launcher too, which passes it on. Only a
 * signal later than this is a second press.
 */
const ONE_PRESS_MS: Millis = 500;

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const WORDS: Readonly<Record<Keeps, { readonly does: string; readonly hint: string }>> = {
  'what was measured': {
    does: 'writing what was measured, then cleaning up',
    hint: 'What was measured is in the report; `l1bench run --resume <run>` goes on from there.',
  },
  nothing: { does: 'cleaning up', hint: 'Nothing was kept; start it again.' },
};

/** An abort signal that Ctrl-C, SIGTERM and a closed terminal raise. A second press ends the process at once. */
export interface Interruptible extends Disposable {
  readonly signal: AbortSignal;
}

/** The error an interrupted command ends with. */
export function interrupted(keeps: Keeps): BenchError {
  return new BenchError('INTERRUPTED', 'The run was interrupted.', {
    hint: WORDS[keeps].hint,
    exitCode: EXIT.interrupted,
  });
}

export function interruptible(keeps: Keeps, nowMs: () => Millis = () => performance.now()): Interruptible {
  const controller = new AbortController();
  let raisedAtMs: Millis = 0;
  const raise = (): void => {
    if (controller.signal.aborted) {
      if (nowMs() - raisedAtMs < ONE_PRESS_MS) return;
      process.exit(EXIT.interrupted);
    }
    raisedAtMs = nowMs();
    process.stderr.write(`\nInterrupted: ${WORDS[keeps].does}. Press again to leave at once.\n`);
    controller.abort(interrupted(keeps));
  };
  for (const name of SIGNALS) process.on(name, raise);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const name of SIGNALS) process.off(name, raise);
    },
  };
}

/**
 * Does `work`. Ctrl-C at a terminal ends the programs that it started too (git, a bundler, a pod): what fails because of an
 * interruption is told as one.
 */
export async function unlessInterrupted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // The signal and the end of such a program may come in either order.
    await new Promise(setImmediate);
    signal.throwIfAborted();
    throw error;
  }
}
