import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout that this CLI was started from. */
export const PROJECT_FOLDER = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Where reports go unless `--out` says otherwise. */
const REPORTS_FOLDER = join(PROJECT_FOLDER, 'reports', 'out');

/** The folder of a run that is named by its id, or by a path. */
export function runFolderOf(run: string): string {
  return run.includes('/') ? resolve(run) : join(REPORTS_FOLDER, run);
}
