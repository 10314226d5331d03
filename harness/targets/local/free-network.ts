import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { platform } from 'node:process';
import { BenchError, EXIT } from '../../errors.ts';
import { allEndpoints, type Endpoint, layOutEndpoints, type MeshEndpoints, NETWORKS } from './endpoints.ts';

/** A network that no other run finds free until it is disposed of: by then the mesh holds ports of its own. */
export interface FreeNetwork extends MeshEndpoints, AsyncDisposable {}

/**
 * The first network, counted from one that the run id names, on which every port of the mesh is free. It is claimed before it
 * is looked at: of two runs that begin together one has it, and the other finds its servers or goes on.
 * @throws {BenchError} `PORT_TAKEN` when none is, as with a program that listens on all addresses.
 */
export async function findFreeNetwork(
  runId: string,
  pods: number,
  isFree: (endpoint: Endpoint) => Promise<boolean> = canListen,
  claim: (endpoint: Endpoint) => Promise<AsyncDisposable | null> = holdPort,
): Promise<FreeNetwork> {
  const first = firstNetworkOf(runId);
  const taken: Endpoint[] = [];
  for (let offset = 0; offset < NETWORKS; offset++) {
    const mesh = layOutEndpoints({
      addresses: platform === 'linux' ? 'one-per-pod' : 'one-for-all',
      network: (first + offset) % NETWORKS,
      pods,
    });
    const claimed = await claim(mesh.claim);
    if (claimed === null) {
      taken.push(mesh.claim);
      continue;
    }
    const blocker = await firstTaken(allEndpoints(mesh), isFree);
    if (blocker === null) return { ...mesh, [Symbol.asyncDispose]: () => claimed[Symbol.asyncDispose]() };
    await claimed[Symbol.asyncDispose]();
    taken.push(blocker);
  }
  const port = taken[0]?.port ?? 0;
  throw new BenchError(
    'PORT_TAKEN',
    `Port ${port} is taken on all ${NETWORKS} loopback networks of l1bench (${taken.map(({ host }) => host).join(', ')}).`,
    {
      hint: `End what listens on it (lsof -i :${port}), or run "l1bench clean" if an earlier run left it.`,
      exitCode: EXIT.environment,
    },
  );
}

async function firstTaken(
  endpoints: readonly Endpoint[],
  isFree: (endpoint: Endpoint) => Promise<boolean>,
): Promise<Endpoint | null> {
  for (const endpoint of endpoints) {
    if (!(await isFree(endpoint))) return endpoint;
  }
  return null;
}

/** The network that a run looks at first. */
export function firstNetworkOf(runId: string): number {
  return createHash('sha256').update(runId).digest().readUInt8(0) % NETWORKS;
}

/** Whether a program could listen there now. */
export async function canListen(endpoint: Endpoint): Promise<boolean> {
  await using held = await holdPort(endpoint);
  return held !== null;
}

/** Listens there until disposed of; null when another program does. It keeps no process alive. */
async function holdPort({ host, port }: Endpoint): Promise<AsyncDisposable | null> {
  const server = createServer().unref();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return null;
    throw error;
  }
  return { [Symbol.asyncDispose]: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}
