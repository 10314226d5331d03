import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Result } from '../../reports/schema.ts';
import { BenchError, EXIT } from '../errors.ts';

/** The sources of one side of a gate. */
export interface Checkout {
  /** As the user named it, and as git knows it. */
  readonly name: string;
  readonly folder: string;
}

/** The working tree as it is, changes included. */
export function workingTree(projectFolder: string): Checkout {
  return { name: 'working tree', folder: projectFolder };
}

/**
 * Writes the files of a git ref, or of the commit that a `result.json` was measured at, into a folder of its own. Numbers of
 * another day are not compared: the old code is run again beside the new. The repository notes nothing of it, so that
 * nothing is left there after a kill.
 *
 * @throws {BenchError} `BASE_UNKNOWN` for a ref that git does not know, or a result without a clean commit.
 */
export async function checkOut(projectFolder: string, base: string, folder: string): Promise<Checkout> {
  const ref = base.endsWith('.json') ? await commitOfResult(base) : base;
  const git = (...args: string[]) => execa('git', args, { cwd: projectFolder, reject: false });
  const sha = await git('rev-parse', '--verify', '--short', `${ref}^{commit}`);
  if (sha.failed) {
    throw new BenchError('BASE_UNKNOWN', `git knows no commit ${ref} here.`, {
      hint: 'Name a branch, tag or commit; in CI fetch enough history (fetch-depth: 0).',
      exitCode: EXIT.usage,
    });
  }
  await mkdir(folder, { recursive: true });
  await execa('git', ['archive', '--format=tar', sha.stdout], { cwd: projectFolder, buffer: false }).pipe(
    'tar',
    ['--extract', '--directory', folder],
  );
  await dependenciesFor(folder, projectFolder);
  return { name: `${ref} (${sha.stdout})`, folder };
}

async function commitOfResult(file: string): Promise<string> {
  const commit = await readFile(file, 'utf8')
    .then((text) => (JSON.parse(text) as Partial<Pick<Result, 'environment'>>).environment?.versions.commit)
    .catch(() => null);
  if (typeof commit === 'string' && !commit.includes('+')) return commit;
  throw new BenchError(
    'BASE_UNKNOWN',
    `${file} does not say from which commit it was measured (${commit ?? 'none'}).`,
    {
      hint: 'Name a git ref, or a result.json of a clean checkout.',
      exitCode: EXIT.usage,
    },
  );
}

/** The same lockfile means the same packages: they are shared. Otherwise they are installed. */
async function dependenciesFor(folder: string, projectFolder: string): Promise<void> {
  const lock = (of: string): string => readFileSync(join(of, 'package-lock.json'), 'utf8');
  if (!existsSync(join(folder, 'package-lock.json')) || lock(folder) === lock(projectFolder)) {
    symlinkSync(join(projectFolder, 'node_modules'), join(folder, 'node_modules'));
  } else {
    await execa('npm', ['ci', '--ignore-scripts'], { cwd: folder });
  }
}
