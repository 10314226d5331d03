import type { Millis } from 'l1-cache';

const LOOK_EVERY_MS: Millis = 500;

/**
 * Calls `onOrphaned` once when the process that started this one is gone. The CLI runs behind a small launcher; a
 * kill -9 of the launcher cannot be passed on, and must not leave a benchmark running that nobody watches.
 */
export function whenOrphaned(
  onOrphaned: () => void,
  parentPid: () => number = () => process.ppid,
  lookEveryMs: Millis = LOOK_EVERY_MS,
): Disposable {
  const parent = parentPid();
  const timer = setInterval(() => {
    if (parentPid() === parent) return;
    clearInterval(timer);
    onOrphaned();
  }, lookEveryMs);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
