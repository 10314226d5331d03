import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from '../../reports/schema.ts';
import { BenchError, EXIT } from '../errors.ts';
import type { RunRequest } from './execute.ts';

const FILE = 'request.json';

type Versions = Environment['versions'];

/** What is kept of a run beside what it measures, so that it can be resumed. */
interface Begun {
  readonly request: RunRequest;
  /** What it was begun with. */
  readonly versions: Versions;
}

export async function writeRequest(begun: Begun, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, FILE), `${JSON.stringify(begun, null, 1)}\n`);
}

/** @throws {BenchError} `RUN_NOT_RESUMABLE` when the folder holds no run. */
export async function readRequest(folder: string): Promise<Begun> {
  try {
    const { request, versions } = JSON.parse(await readFile(join(folder, FILE), 'utf8')) as Partial<Begun>;
    if (request === undefined || versions === undefined) throw new Error('not written by this version');
    return { request, versions };
  } catch (cause) {
    throw notResumable(`${folder} holds no run that could be resumed.`, {
      hint: 'Name the id of a run in reports/out, or its folder.',
      cause,
    });
  }
}

/**
 * Blocks of two versions are a sample of neither.
 * @throws {BenchError} `RUN_NOT_RESUMABLE` when something the run uses is not what it was begun with.
 */
export function needSameVersions({ request, versions: begun }: Begun, now: Versions): void {
  const used: readonly (keyof Versions)[] = [
    'l1bench',
    'commit',
    'node',
    'redis',
    ...(request.mesh === 'none' ? [] : (['envoy'] as const)),
    ...(request.driver === 'k6' ? (['k6'] as const) : []),
  ];
  const other = used.find((name) => begun[name] !== now[name]);
  if (other === undefined) return;
  throw notResumable(`The run was begun with ${other} ${begun[other]}, and this is ${now[other]}.`, {
    hint: 'Go back to what it was begun with, or start a new run: blocks of two versions are a sample of neither.',
  });
}

function notResumable(message: string, more: { hint: string; cause?: unknown }): BenchError {
  return new BenchError('RUN_NOT_RESUMABLE', message, { ...more, exitCode: EXIT.usage });
}
