import { join } from 'node:path';
import type { Bytes } from 'l1-cache';
import { SIDECAR_NODE_FLAGS } from 'l1-cache/sidecar';
import { type OwnedProcess, startOwned } from '../../journal/owned-process.ts';
import type { OwnedRun } from '../../journal/owned-run.ts';
import { PROJECT_FOLDER } from '../../project.ts';
import { connectOnce } from './connect-once.ts';
import type { Endpoint } from './endpoints.ts';
import { infoNumber } from './redis-server.ts';
import { bundleProgram } from './service-bundle.ts';
import { accepts, waitUntilReady } from './wait-until.ts';

/** Bundles the container's program, the one that `npm run build:sidecar` makes; answers its path. */
export function bundleContainer(run: OwnedRun): Promise<string> {
  const program = join(PROJECT_FOLDER, 'cache', 'src', 'sidecar', 'main.ts');
  return bundleProgram({ sources: PROJECT_FOLDER, program }, join(run.folder, 'container'));
}

/** Starts the library as a process of its own, over TCP and a Unix socket (absolute or from the run's folder). */
export async function startContainer(
  run: OwnedRun,
  program: string,
  spec: {
    readonly name: string;
    readonly endpoint: Endpoint;
    readonly unixSocket: string;
    readonly budgetBytes: Bytes;
  },
): Promise<OwnedProcess> {
  const container = await startOwned(run, {
    name: spec.name,
    command: process.execPath,
    args: [...SIDECAR_NODE_FLAGS, '--v8-pool-size=1', program],
    env: {
      L1_SOCKET: spec.unixSocket,
      L1_HOST: spec.endpoint.host,
      L1_PORT: String(spec.endpoint.port),
      L1_BUDGET_BYTES: String(spec.budgetBytes),
    },
  });
  // TCP opens last.
  await waitUntilReady(container, () => accepts(spec.endpoint));
  return container;
}

/** What a container holds, by its own account: keys and values, and what they are charged. */
export async function readContainerContents(at: Endpoint): Promise<{
  readonly entries: number;
  readonly payloadBytes: Bytes;
  readonly chargedBytes: Bytes;
}> {
  const client = await connectOnce(at);
  try {
    const info = await client.info('memory');
    return {
      entries: await client.dbSize(),
      payloadBytes: infoNumber(info, 'used_memory_dataset'),
      chargedBytes: infoNumber(info, 'used_memory'),
    };
  } finally {
    client.destroy();
  }
}
