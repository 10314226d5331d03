import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout that this CLI was started from. */
export const PROJECT_FOLDER = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Where reports go unless `--out` says otherwise. */
export const REPORTS_FOLDER = join(PROJECT_FOLDER, 'reports', 'out');
