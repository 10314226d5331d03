import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fstatSync,
  linkSync,
  openSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Millis } from '../units.ts';

/** A write takes some ten microseconds; a lock this old belongs to a process that was killed or stopped. */
const ABANDONED_MS: Millis = 100;
/** A lock younger than this is certainly still its maker's. */
const SURELY_OURS_MS: Millis = ABANDONED_MS / 2;
const NAP_MS: Millis = 0.2;
const nap = new Int32Array(new SharedArrayBuffer(4));

/** A lock file that this process made. */
interface Held {
  readonly path: string;
  readonly fd: number;
  readonly sinceMs: Millis;
}

/**
 * One writer at a time to a part of the file, across processes and containers: a lock file beside it that only one can
 * create. A killed writer's lock is taken over after 100 ms. A writer that was stopped that long and goes on finds its
 * lock gone and prepares anew; stopped between that look and the write itself it may undo one other write.
 * @param prepare Reads, and returns what writes.
 * @throws a system error where the folder lets nobody take a lock away, as one with a sticky bit does for other users'.
 */
export function withWriteLock<T>(path: string, prepare: () => () => T): T {
  for (;;) {
    const held = acquire(path);
    try {
      const write = prepare();
      if (isStillOurs(held)) return write();
    } finally {
      release(held);
    }
  }
}

function acquire(path: string): Held {
  let watched: Stats | undefined;
  let watchedSinceMs: Millis = 0;
  for (;;) {
    try {
      return { path, fd: openSync(path, 'wx', 0o660), sinceMs: performance.now() };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) continue;
    if (watched === undefined || !isSame(found, watched)) {
      watched = found;
      watchedSinceMs = performance.now();
    }
    // The file's time is that of the wall clock, which may have been set back since.
    const heldMs = Math.max(Date.now() - found.mtimeMs, performance.now() - watchedSinceMs);
    if (heldMs > ABANDONED_MS) takeAway(path, found);
    else Atomics.wait(nap, 0, 0, NAP_MS);
  }
}

function release(held: Held): void {
  try {
    if (isStillOurs(held)) unlinkSync(held.path);
  } catch (error) {
    if (!isGone(error)) throw error;
  } finally {
    closeSync(held.fd);
  }
}

function isStillOurs({ path, fd, sinceMs }: Held): boolean {
  if (performance.now() - sinceMs < SURELY_OURS_MS) return true;
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && isSame(found, fstatSync(fd));
}

/** Moves an abandoned lock out of the way. */
function takeAway(path: string, abandoned: Stats): void {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (isGone(error)) return;
    throw error;
  }
  // Another was faster and has a lock of its own there, which this was.
  if (!isSame(statSync(aside), abandoned)) putBack(aside, path);
  unlinkSync(aside);
}

function putBack(aside: string, path: string): void {
  try {
    linkSync(aside, path);
  } catch {
    // A third one holds a lock there now. It and the one moved aside may undo each other's write.
  }
}

/** A file system may give a new file the number of one just removed, but not its time too. */
function isSame(a: Stats, b: Stats): boolean {
  return a.ino === b.ino && a.mtimeMs === b.mtimeMs;
}

function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
