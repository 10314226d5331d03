import { closeSync, openSync, renameSync, type Stats, statSync, unlinkSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Millis } from '../units.ts';

/** A write takes some ten microseconds; a lock this old belongs to a process that was killed or stopped. */
const ABANDONED_MS: Millis = 100;
const NAP_MS: Millis = 0.2;
const nap = new Int32Array(new SharedArrayBuffer(4));

/**
 * One writer at a time to a part of the file, across processes and containers: a lock file beside it that only one can
 * create. A killed writer's lock is taken over after 100 ms. A writer that was stopped that long and goes on may then
 * undo one other write; it cannot corrupt anything.
 */
export function withWriteLock<T>(path: string, write: () => T): T {
  acquire(path);
  try {
    return write();
  } finally {
    try {
      unlinkSync(path);
    } catch {
      // Taken over meanwhile.
    }
  }
}

function acquire(path: string): void {
  let watched: Stats | undefined;
  let watchedSinceMs: Millis = 0;
  for (;;) {
    try {
      closeSync(openSync(path, 'wx', 0o660));
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const held = statSync(path, { throwIfNoEntry: false });
    if (held === undefined) continue;
    if (held.ino !== watched?.ino || held.mtimeMs !== watched.mtimeMs) {
      watched = held;
      watchedSinceMs = performance.now();
    }
    // The file's time is that of the wall clock, which may have been set back since.
    const heldMs = Math.max(Date.now() - held.mtimeMs, performance.now() - watchedSinceMs);
    if (heldMs > ABANDONED_MS) takeAway(path);
    else Atomics.wait(nap, 0, 0, NAP_MS);
  }
}

/** Moves an abandoned lock out of the way; of several who try only one succeeds. */
function takeAway(path: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    unlinkSync(aside);
  } catch {
    // Another was faster.
  }
}
