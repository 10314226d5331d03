import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Launch } from '../../../reports/schema.ts';

/**
 * What a process was started from, as digests: all files of the program's folder, byte for byte, and the arguments
 * with the file that the last of them names. The environment is told apart, by name.
 */
export async function recordLaunch(spec: {
  /** The file that is started; everything in its folder is the program. */
  readonly program: string;
  readonly args: readonly string[];
  readonly configFile: string;
  readonly env: Readonly<Record<string, string>>;
}): Promise<Launch> {
  const folder = dirname(spec.program);
  const names = (await readdir(folder)).sort();
  const program = createHash('sha256');
  for (const name of names) program.update(`${name}\0`).update(await readFile(join(folder, name)));
  const given = createHash('sha256')
    .update(JSON.stringify(spec.args))
    .update(await readFile(spec.configFile));
  return {
    programSha256: program.digest('hex'),
    programFiles: names.length,
    argumentsSha256: given.digest('hex'),
    environment: Object.keys(spec.env).sort(),
  };
}
