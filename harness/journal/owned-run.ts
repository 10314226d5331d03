import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import { RUN_FOLDER_VARIABLE, RUN_ID_VARIABLE } from './marked-processes.ts';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

const JOURNAL = 'journal.ndjson';

/** One line of a run's journal. */
export type JournalEntry =
  | { readonly kind: 'owner'; readonly owner: ProcessIdentity }
  | { readonly kind: 'starting'; readonly name: string }
  | { readonly kind: 'started'; readonly name: string; readonly process: ProcessIdentity };

/**
 * A run that this process owns: a folder for its files, and a journal of what it starts, written before each
 * start. Closing removes the folder; what was started must be stopped before.
 */
export interface OwnedRun extends Disposable {
  readonly runId: string;
  readonly folder: string;
  /** To be in the environment of everything the run starts; `clean` finds leftovers by it. */
  readonly env: Readonly<Record<string, string>>;
  note(entry: JournalEntry): void;
}

/** Where the runs of a project keep their folders while they last. */
export function runsFolderOf(projectFolder: string): string {
  return join(projectFolder, '.l1bench', 'runs');
}

/**
 * Opens a run. The folder appears together with its owner's identity, so that no moment leaves it ownerless.
 * @throws {BenchError} `RUN_NOT_RESUMABLE` when a run of this id is going.
 */
export function openRun(projectFolder: string, runId: string): OwnedRun {
  const owner = identify(process.pid);
  if (owner === null) throw new Error('This process cannot read its own start time.');
  const folder = join(runsFolderOf(projectFolder), runId);
  const opening = join(runsFolderOf(projectFolder), openingName(owner));
  mkdirSync(opening, { recursive: true });
  writeEntry(opening, { kind: 'owner', owner });
  try {
    renameSync(opening, folder);
  } catch (error) {
    rmSync(opening, { recursive: true, force: true });
    throw isGoing(folder) ? going(runId, folder) : error;
  }

  return {
    runId,
    folder,
    env: { [RUN_ID_VARIABLE]: runId, [RUN_FOLDER_VARIABLE]: folder },
    note: (entry) => writeEntry(folder, entry),
    [Symbol.dispose]: () => removeRunFolders(folder),
  };
}

function isGoing(folder: string): boolean {
  const owner = ownerOf(folder);
  return owner !== null && isAlive(owner);
}

function going(runId: string, folder: string): BenchError {
  return new BenchError('RUN_NOT_RESUMABLE', `Run ${runId} is going, in process ${ownerOf(folder)?.pid}.`, {
    hint: 'Wait for it, or end it with Ctrl-C.',
    exitCode: EXIT.usage,
  });
}

/** Where the run keeps files in memory; made when first asked for, removed with the run. */
export function memoryFolderOf(run: Pick<OwnedRun, 'folder'>): string {
  const folder = memoryFolderName(run.folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Removes everything a run keeps, on disk and in memory. */
export function removeRunFolders(runFolder: string): void {
  rmSync(memoryFolderName(runFolder), { recursive: true, force: true });
  rmSync(runFolder, { recursive: true, force: true });
}

/** The start of the names of all memory folders of a project; what follows is the run's id. */
export function memoryFolderPrefix(runsFolder: string): { readonly parent: string; readonly prefix: string } {
  const project = createHash('sha256').update(runsFolder).digest('hex').slice(0, 8);
  // Where the system has no folder in memory, the temporary one may at least be cached.
  return { parent: existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), prefix: `l1bench-${project}-` };
}

function memoryFolderName(runFolder: string): string {
  const { parent, prefix } = memoryFolderPrefix(dirname(runFolder));
  return join(parent, prefix + basename(runFolder));
}

/** The entries of a run's journal; a last line cut by a crash is left out. Empty when there is no journal. */
export function readJournal(folder: string): readonly JournalEntry[] {
  let text: string;
  try {
    text = readFileSync(join(folder, JOURNAL), 'utf8');
  } catch {
    return [];
  }
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as JournalEntry);
}

/** Who owns the run of a folder: its journal says so, or its name while it is being opened; null for a stray. */
export function ownerOf(folder: string): ProcessIdentity | null {
  const first = readJournal(folder)[0];
  if (first?.kind === 'owner') return first.owner;
  const [, pid, startedAt] = /opening-(\d+)-(.+)$/.exec(folder) ?? [];
  return pid === undefined || startedAt === undefined
    ? null
    : { pid: Number(pid), startedAt: decodeURIComponent(startedAt) };
}

function openingName(owner: ProcessIdentity): string {
  return `opening-${owner.pid}-${encodeURIComponent(owner.startedAt)}`;
}

function writeEntry(folder: string, entry: JournalEntry): void {
  appendFileSync(join(folder, JOURNAL), `${JSON.stringify(entry)}\n`);
}
