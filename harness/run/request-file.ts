import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BenchError, EXIT } from '../errors.ts';
import type { RunRequest } from './execute.ts';

const FILE = 'request.json';

/** Keeps what was asked for beside what is measured, so that the run can be resumed. */
export async function writeRequest(request: RunRequest, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, FILE), `${JSON.stringify(request, null, 1)}\n`);
}

/** @throws {BenchError} `RUN_NOT_RESUMABLE` when the folder holds no run. */
export async function readRequest(folder: string): Promise<RunRequest> {
  try {
    return JSON.parse(await readFile(join(folder, FILE), 'utf8')) as RunRequest;
  } catch (cause) {
    throw new BenchError('RUN_NOT_RESUMABLE', `${folder} holds no run that could be resumed.`, {
      hint: 'Name the id of a run in reports/out, or its folder.',
      exitCode: EXIT.usage,
      cause,
    });
  }
}
