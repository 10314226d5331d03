import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PodConfig } from '../../../scenarios/service/protocol.ts';
import { type OwnedProcess, startOwned } from '../../journal/owned-process.ts';
import type { OwnedRun } from '../../journal/owned-run.ts';

const MIB = 1024 * 1024;

/** Makes glibc give freed memory back at once: start-up leaves 1 MiB a pod that is never needed again. */
const MALLOC_SETTINGS = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_TOP_PAD_: '65536',
};

/** Starts one service program, `env` added to its environment; it serves once its control port says so. */
export async function startPod(
  run: OwnedRun,
  bundle: string,
  config: PodConfig,
  env: Readonly<Record<string, string>> = {},
): Promise<OwnedProcess> {
  const name = config.topology.services[config.serviceIndex]?.name ?? `svc-${config.serviceIndex}`;
  const file = join(run.folder, `${name}.json`);
  await writeFile(file, JSON.stringify(config));
  return startOwned(run, {
    name,
    command: process.execPath,
    args: [...nodeFlags(config), bundle, file],
    env: { ...MALLOC_SETTINGS, ...env },
  });
}

/** Fifty heaps share a machine that two processors serve: small nurseries, one helper thread each. */
function nodeFlags({ budgetBytes }: PodConfig): readonly string[] {
  const oldSpaceMib = 128 + Math.ceil((3 * budgetBytes) / MIB);
  return [
    '--expose-gc',
    '--max-semi-space-size=1',
    `--max-old-space-size=${oldSpaceMib}`,
    '--v8-pool-size=1',
    '--no-warnings',
  ];
}
