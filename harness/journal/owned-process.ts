import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnedRun } from './owned-run.ts';
import { identify } from './process-identity.ts';

const LOG_TAIL_LINES = 12;

export interface ProcessSpec {
  /** Unique in the run; names the log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A process of the run. Its standard input is held open: a program that watches it ends with its owner. */
export interface OwnedProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves, never rejects, when the process has ended: how it ended, in words. */
  readonly exited: Promise<string>;
  /** The last lines it printed. */
  logTail(): string;
  /** Kills it and resolves when it is gone. There is nothing in a pod worth a slow goodbye. */
  stop(): Promise<void>;
}

/**
 * Starts a process that belongs to the run: journalled before and after, marked in its environment, in a process
 * group of its own so that Ctrl-C reaches only the CLI. It gets PATH, HOME and `env`, nothing else of ours.
 */
export async function startOwned(run: OwnedRun, spec: ProcessSpec): Promise<OwnedProcess> {
  const logFile = logFileOf(run, spec.name);
  run.note({ kind: 'starting', name: spec.name });
  const child = spawnLogged(run, spec, logFile);
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`did not start: ${error.message}`));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  // A program whose reader is gone must not take the CLI down with an EPIPE.
  child.stdin?.on('error', () => {});
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${spec.command} ${await exited}`);
  const process = identify(pid);
  if (process !== null) run.note({ kind: 'started', name: spec.name, process });

  return {
    name: spec.name,
    pid,
    exited,
    logTail: () => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n'),
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function logFileOf(run: OwnedRun, name: string): string {
  const folder = join(run.folder, 'logs');
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.log`);
}

function spawnLogged(run: OwnedRun, spec: ProcessSpec, logFile: string): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    return spawn(spec.command, spec.args, {
      cwd: run.folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...spec.env, ...run.env },
      stdio: ['pipe', log, log],
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}
