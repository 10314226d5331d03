import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { listMarked } from './marked-processes.ts';
import { memoryFolderPrefix, ownerOf, readJournal, removeRunFolders, runsFolderOf } from './owned-run.ts';
import { isAlive, kill, type ProcessIdentity } from './process-identity.ts';

const GONE_WITHIN_MS = 3_000;
/** A process bears its mark from its exec on; between fork and exec it looks like the one that was killed. */
const MARKED_WITHIN_MS = 500;

/** What a cleaning removed. */
export interface Cleaned {
  readonly runIds: readonly string[];
  readonly processes: number;
}

/**
 * Ends every process and removes every file of runs whose owner is dead; with `all`, of live runs too, their
 * owners first. Safe beside other runs of the same project and beside other projects.
 */
export async function cleanLeftovers(
  projectFolder: string,
  options: { readonly all: boolean },
): Promise<Cleaned> {
  const runsFolder = runsFolderOf(projectFolder);
  const isDoomed = (folder: string): boolean => {
    const owner = ownerOf(folder);
    if (owner === null || !isAlive(owner)) return true;
    return options.all && owner.pid !== process.pid;
  };
  const doomed = existsSync(runsFolder)
    ? readdirSync(runsFolder)
        .map((name) => join(runsFolder, name))
        .filter(isDoomed)
    : [];
  for (const folder of doomed) {
    const owner = ownerOf(folder);
    if (owner !== null) kill(owner, 'SIGKILL');
  }

  const killed = new Map<number, ProcessIdentity>();
  for (const folder of doomed) {
    for (const entry of readJournal(folder)) {
      if (entry.kind === 'started' && isAlive(entry.process)) killed.set(entry.process.pid, entry.process);
    }
  }
  // By the mark, too: a start that the journal did not live to note, or a run whose folder someone deleted.
  const findMarked = (): void => {
    for (const marked of listMarked(runsFolder)) {
      if (isDoomed(marked.runFolder)) killed.set(marked.pid, marked);
    }
  };
  findMarked();
  const untilMs = performance.now() + MARKED_WITHIN_MS;
  while (doomed.some(diedWhileStarting) && performance.now() < untilMs) {
    await delay(10);
    findMarked();
  }
  for (const identity of killed.values()) kill(identity, 'SIGKILL');
  await allGone([...killed.values()]);
  for (const folder of [...doomed, ...strayInMemory(runsFolder)]) removeRunFolders(folder);
  return {
    runIds: doomed.map((folder) => folder.slice(runsFolder.length + 1)),
    processes: killed.size,
  };
}

/** Whether the owner may have died between forking a program and noting it. */
function diedWhileStarting(runFolder: string): boolean {
  const journal = readJournal(runFolder);
  const count = (kind: 'starting' | 'started') => journal.filter((entry) => entry.kind === kind).length;
  return count('starting') > count('started');
}

/** Runs that left files in memory and have no folder any more. */
function strayInMemory(runsFolder: string): readonly string[] {
  const { parent, prefix } = memoryFolderPrefix(runsFolder);
  return readdirSync(parent)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(runsFolder, name.slice(prefix.length)))
    .filter((folder) => !existsSync(folder));
}

async function allGone(identities: readonly ProcessIdentity[]): Promise<void> {
  const deadlineMs = performance.now() + GONE_WITHIN_MS;
  while (identities.some(isAlive)) {
    if (performance.now() > deadlineMs) {
      const left = identities.filter(isAlive).map(({ pid }) => pid);
      throw new Error(`Killed ${GONE_WITHIN_MS} ms ago and still there: processes ${left.join(', ')}.`);
    }
    await delay(10);
  }
}
