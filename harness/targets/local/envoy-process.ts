import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type OwnedProcess, startOwned } from '../../journal/owned-process.ts';
import type { OwnedRun } from '../../journal/owned-run.ts';

/** Starts an Envoy with this configuration, kept beside its log; it serves once its listeners accept. */
export async function startEnvoy(
  run: OwnedRun,
  executable: string,
  { name, config, folder }: { readonly name: string; readonly config: object; readonly folder: string },
): Promise<OwnedProcess> {
  const configFile = join(folder, `${name}.json`);
  await writeFile(configFile, JSON.stringify(config));
  return startOwned(run, {
    name: `${name}-envoy`,
    command: executable,
    args: [
      '--config-path',
      configFile,
      '--concurrency',
      '1',
      '--disable-hot-restart',
      '--log-level',
      'warning',
      // The cache's files warn at every answer they take in.
      '--component-log-level',
      'cache_filter:error',
    ],
  });
}
