import { mkdirSync, readdirSync, rmdirSync, unlinkSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { threadId, type Worker } from 'node:worker_threads';
import type { Bytes } from '../units.ts';

const NOTE = noteOf(threadId);

/**
 * Takes this thread's share of the pod's budget: the whole divided by the processes and threads of the pod that
 * hold something. Members leave a note in a folder in memory (`/dev/shm`, else the temporary folder); who joins or
 * leaves wakes the others, which shrink or grow. While a newcomer's note travels (milliseconds) the sum may exceed
 * the budget by one share. Without a writable folder every member takes a sixteenth.
 * @param onChange is told the new share when it changes.
 * @param parent Where the notes lie. Default: `/dev/shm`.
 */
export function claimBudgetShare(
  budgetBytes: Bytes,
  podKey: string,
  onChange: (bytes: Bytes) => void,
  parent?: string,
): Bytes {
  const folder = leaveNote(podKey, parent);
  if (folder === undefined) return Math.floor(budgetBytes / 16);
  const note = join(folder, NOTE);
  process.once('exit', () => {
    remove(note);
    removeIfEmpty(folder);
  });
  let shareBytes = share(budgetBytes, folder);
  try {
    const watcher = watch(folder, { persistent: false }, () => {
      const next = share(budgetBytes, folder);
      if (next === shareBytes) return;
      shareBytes = next;
      onChange(next);
    });
    watcher.on('error', () => {});
  } catch {
    // No inotify left: the share of this moment stays.
  }
  return shareBytes;
}

/** Takes away what worker threads leave that are terminated: no code of theirs runs any more, and the process lives on. */
export function removeNotesOfEndedWorkers(podKey: string, given?: string): void {
  process.on('worker', (worker: Worker) => {
    const note = noteOf(worker.threadId);
    worker.once('exit', () => {
      for (const parent of parents(given)) remove(join(folderOf(parent, podKey), note));
    });
  });
}

function noteOf(thread: number): string {
  return `${process.pid}-${thread}`;
}

function folderOf(parent: string, podKey: string): string {
  return join(parent, `l1-cache-${podKey}`);
}

/** Where notes may lie, best first. */
function parents(given: string | undefined): string[] {
  return [given ?? '/dev/shm', tmpdir()];
}

/** Leaves this member's note and says in which folder; undefined where none can be written. */
function leaveNote(podKey: string, given: string | undefined): string | undefined {
  const [first, second] = parents(given) as [string, string];
  // Twice, because the last member to leave may take the folder away between the two steps.
  for (const parent of [first, first, second]) {
    try {
      const folder = folderOf(parent, podKey);
      makeFolder(folder);
      writeFileSync(join(folder, NOTE), '');
      return folder;
    } catch {
      // Read-only or missing: try the next.
    }
  }
  return undefined;
}

/** Not with `recursive`, which never returns where nothing can be made, as in /proc. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch {
    // There already, or the note will tell.
  }
}

function share(budgetBytes: Bytes, folder: string): Bytes {
  let members = 0;
  try {
    for (const name of readdirSync(folder)) {
      if (isAlive(Number(name.split('-')[0]))) members++;
      else remove(join(folder, name));
    }
  } catch {
    // The folder went away: count ourselves.
  }
  return Math.floor(budgetBytes / Math.max(1, members));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The last member leaves nothing behind. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Others are still in it.
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already.
  }
}
