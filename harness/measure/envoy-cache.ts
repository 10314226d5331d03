import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { request } from 'undici';
import { type Address, bootstrap, type EnvoyConfig } from '../../manifests/envoy/bootstrap.ts';
import { plainCluster } from '../../manifests/envoy/clusters.ts';
import { httpCacheFilter } from '../../manifests/envoy/http-cache.ts';
import { routeByHost } from '../../manifests/envoy/listeners.ts';
import type { Measured, Measurements } from '../../reports/claims/measurements.ts';
import { memoryFolderOf, type OwnedRun } from '../journal/owned-run.ts';
import { startEnvoy } from '../targets/local/envoy-process.ts';
import { findFreeNetwork } from '../targets/local/free-network.ts';
import { accepts, waitUntilReady } from '../targets/local/wait-until.ts';
import { observed } from './samples.ts';

const OBJECTS = 500;
/** Longer than the measurement, so that nothing here expires. */
const MAX_AGE_S = 60;
/** Room for all of it. */
const CAP_BYTES = 64 * 2 ** 20;

/** Envoy's own HTTP cache filter as the scenario envoy-cache has it, before an origin that counts who reached it. */
export async function measureEnvoyCache(
  run: OwnedRun,
  envoyExecutable: string,
): Promise<Pick<Measurements, 'envoyCache'>> {
  await using network = await findFreeNetwork(run.runId, 1);
  const { app, outbound } = network.pods[0]!;
  const world = { version: 1 };
  const origin = await serveVersions(world, app);
  const folder = join(memoryFolderOf(run), 'envoy-cache');
  await mkdir(folder);
  const config = cachingProxy(outbound, app, folder);
  const proxy = await startEnvoy(run, envoyExecutable, { name: 'envoy-cache', config, folder: run.folder });
  try {
    await waitUntilReady(proxy, () => accepts(outbound));
    const readAll = (pathOf: (id: number) => string) => readEach(outbound, pathOf);
    const first = await readAll((id) => `/object/${id}`);
    const repeated = await readAll((id) => `/object/${id}`);
    const parts = await readAll((id) => `/object/${id}/name`);
    world.version = 2;
    const afterChange = await readAll((id) => `/object/${id}`);
    const how = `Envoy's HTTP cache filter over files in memory, ${OBJECTS} objects of max-age ${MAX_AGE_S} s, GETs one at a time; a hit carries an Age header`;
    const share = (hits: number, what: string): Measured =>
      observed(hits / OBJECTS, 'ratio', OBJECTS, 'reads', `${how}; ${what}`);
    return {
      envoyCache: {
        hitRatioOfWholeObjects: share(hitsOf(repeated), 'each object asked for a second time'),
        hitRatioOfParts: share(hitsOf(parts), 'a field of each cached object asked for at its own URL'),
        hitRatioOfFirstRequests: share(hitsOf(first), 'each object asked for the first time'),
        staleAfterChange: share(
          afterChange.filter(({ version }) => version === 1).length,
          'every object changed at the origin, then each asked for again within its max-age',
        ),
      },
    };
  } finally {
    await proxy.stop();
    origin.close();
    origin.closeAllConnections();
  }
}

interface Answer {
  readonly version: number;
  readonly isHit: boolean;
}

async function readEach(at: Address, pathOf: (id: number) => string): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let id = 0; id < OBJECTS; id += 1) {
    const { headers, body } = await request(`http://${at.host}:${at.port}${pathOf(id)}`, {
      headers: { host: 'origin.mesh' },
    });
    const { version } = (await body.json()) as { version: number };
    answers.push({ version, isHit: headers.age !== undefined });
  }
  return answers;
}

function hitsOf(answers: readonly Answer[]): number {
  return answers.filter(({ isHit }) => isHit).length;
}

/** Answers every path with the world's version, to be kept for `MAX_AGE_S`. */
async function serveVersions(world: { readonly version: number }, at: Address): Promise<Server> {
  const server = createServer((_request, response) => {
    response.setHeader('cache-control', `max-age=${MAX_AGE_S}`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ version: world.version, name: 'x' }));
  });
  server.listen(at.port, at.host);
  await once(server, 'listening');
  return server;
}

function cachingProxy(at: Address, origin: Address, folder: string): EnvoyConfig {
  return bootstrap('envoy-cache', {
    listeners: [routeByHost('cached', at, ['origin'], [httpCacheFilter({ folder, capBytes: CAP_BYTES })])],
    clusters: [plainCluster('origin', origin)],
  });
}
