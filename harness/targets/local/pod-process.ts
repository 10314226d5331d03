import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Launch } from '../../../reports/schema.ts';
import type { PodConfig } from '../../../scenarios/service/protocol.ts';
import { type OwnedProcess, startOwned } from '../../journal/owned-process.ts';
import type { OwnedRun } from '../../journal/owned-run.ts';
import { recordLaunch } from './launch-record.ts';

const MIB = 1024 * 1024;

/** Makes glibc give freed memory back at once: start-up leaves 1 MiB a pod that is never needed again. */
const MALLOC_SETTINGS = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_TRIM_THRESHOLD_: '131072',
  MALLOC_TOP_PAD_: '65536',
};

/** The application process of a pod. */
export interface PodProcess extends OwnedProcess {
  /** What it was started from. */
  readonly launch: Launch;
}

/** Starts one service program, `env` added to its environment; it serves once its control port says so. */
export async function startPod(
  run: OwnedRun,
  bundle: string,
  config: PodConfig,
  env: Readonly<Record<string, string>> = {},
): Promise<PodProcess> {
  const name = config.topology.services[config.serviceIndex]?.name ?? `svc-${config.serviceIndex}`;
  const configFile = join(run.folder, `${name}.json`);
  await writeFile(configFile, JSON.stringify(config));
  const spec = { args: [...nodeFlags(config), bundle, configFile], env: { ...MALLOC_SETTINGS, ...env } };
  const started = await startOwned(run, { name, command: process.execPath, ...spec });
  return { ...started, launch: await recordLaunch({ ...spec, program: bundle, configFile }) };
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
