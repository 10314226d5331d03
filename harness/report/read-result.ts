import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseResult } from '../../reports/parse-result.ts';
import type { Result } from '../../reports/schema.ts';
import { BenchError, EXIT } from '../errors.ts';
import { runFolderOf } from '../project.ts';

/**
 * Reads a run's result, named by its id, its folder or the file itself.
 * @throws {BenchError} `RESULT_MISSING` or `RESULT_UNREADABLE`.
 */
export async function readResult(run: string): Promise<{ readonly result: Result; readonly folder: string }> {
  const folder = runFolderOf(run.replace(/\/result\.json$/, ''));
  const file = join(folder, 'result.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new BenchError('RESULT_MISSING', `There is no result at ${file}.`, {
      hint: 'Name a run id from reports/out, or the folder of a run.',
      exitCode: EXIT.usage,
      cause,
    });
  }
  try {
    return { result: parseResult(JSON.parse(text)), folder };
  } catch (cause) {
    throw new BenchError('RESULT_UNREADABLE', `${file}: ${(cause as Error).message}.`, {
      hint: 'Run again, or use the l1bench version that wrote it.',
      exitCode: EXIT.usage,
      cause,
    });
  }
}
