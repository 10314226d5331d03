import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { platform } from 'node:process';
import { identify, type ProcessIdentity } from './process-identity.ts';

/** Environment variable that every process of a run carries: the absolute path of the run's folder. */
export const RUN_FOLDER_VARIABLE = 'L1BENCH_RUN_FOLDER';
/** Environment variable that every process of a run carries: the run's id. */
export const RUN_ID_VARIABLE = 'L1BENCH_RUN_ID';

/** A running process that some run of this project started. */
export interface MarkedProcess extends ProcessIdentity {
  readonly runFolder: string;
}

/**
 * All processes that carry the mark of a run kept under `runsFolder`. Linux tells the environment of a process;
 * macOS does not, there the mark is the run's folder in the command line.
 */
export function listMarked(runsFolder: string): readonly MarkedProcess[] {
  return platform === 'linux' ? fromProc(runsFolder) : fromPs(runsFolder);
}

function fromProc(runsFolder: string): readonly MarkedProcess[] {
  const found: MarkedProcess[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const runFolder = markInEnvironment(pid);
    if (runFolder === null || dirname(runFolder) !== runsFolder) continue;
    const identity = identify(pid);
    if (identity !== null) found.push({ ...identity, runFolder });
  }
  return found;
}

function markInEnvironment(pid: number): string | null {
  let environment: string;
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return null; // gone meanwhile, or another user's
  }
  const prefix = `${RUN_FOLDER_VARIABLE}=`;
  const line = environment.split('\0').find((entry) => entry.startsWith(prefix));
  return line === undefined ? null : Buffer.from(line.slice(prefix.length), 'latin1').toString('utf8');
}

function fromPs(runsFolder: string): readonly MarkedProcess[] {
  const found: MarkedProcess[] = [];
  const table = execFileSync('ps', ['-axww', '-o', 'pid=,command='], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  for (const line of table.split('\n')) {
    const pid = Number.parseInt(line, 10);
    const at = line.indexOf(runsFolder + sep);
    if (at < 0 || pid === process.pid) continue;
    const runId = line.slice(at + runsFolder.length + 1).split(/[/\s]/)[0];
    const identity = identify(pid);
    if (identity !== null) found.push({ ...identity, runFolder: runsFolder + sep + runId });
  }
  return found;
}
