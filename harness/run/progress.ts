import type { Millis } from 'l1-cache';
import { createLogUpdate } from 'log-update';

/** Tells a person what is happening, how far it is and how long it still takes. Always on standard error. */
export interface Progress {
  /** A step begins: what it is and how much of the whole it is expected to take. */
  phase(what: string, expectedMs: Millis): void;
  done(): void;
}

/**
 * Progress over a plan of known length. On a terminal one line is kept up to date; elsewhere each phase prints one
 * plain line. `totalMs` is the expected length of everything.
 */
export function progressOn(stream: NodeJS.WriteStream, totalMs: Millis, nowMs: () => Millis): Progress {
  const startedMs = nowMs();
  let doneMs = 0;
  let phaseMs = 0;
  let phaseStartedMs = startedMs;
  let what = '';
  // A terminal that does not tell its width (of a container, of `expect`) has 0 columns, and a line to be kept has none.
  const live = stream.isTTY && stream.columns > 0 ? createLogUpdate(stream) : null;

  const line = (): string => {
    const inPhaseMs = Math.min(nowMs() - phaseStartedMs, phaseMs);
    const ratio = Math.min(1, (doneMs + inPhaseMs) / totalMs);
    const leftS = Math.max(0, Math.round((totalMs - doneMs - inPhaseMs) / 1000));
    return `${String(Math.round(ratio * 100)).padStart(3)} %  ${what}  (about ${clock(leftS)} left)`;
  };
  const timer = live === null ? null : setInterval(() => live(line()), 200).unref();

  return {
    phase(next, expectedMs) {
      doneMs += phaseMs;
      phaseMs = expectedMs;
      phaseStartedMs = nowMs();
      what = next;
      if (live === null) stream.write(`${line()}\n`);
      else live(line());
    },
    done() {
      if (timer !== null) clearInterval(timer);
      live?.clear();
    },
  };
}

function clock(seconds: number): string {
  return seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}
