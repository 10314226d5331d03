import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Identity, Peer } from '../../../manifests/envoy/bootstrap.ts';
import { gatewayConfig } from '../../../manifests/envoy/gateway.ts';
import type { HttpCacheFiles } from '../../../manifests/envoy/http-cache.ts';
import { sidecarConfig } from '../../../manifests/envoy/sidecar.ts';
import type { Topology } from '../../../scenarios/topology/topology.ts';
import type { OwnedProcess } from '../../journal/owned-process.ts';
import type { OwnedRun } from '../../journal/owned-run.ts';
import { createRunAuthority, spiffeIdOf } from './certificates.ts';
import { eachBounded } from './each-bounded.ts';
import type { Endpoint, MeshEndpoints } from './endpoints.ts';
import { startEnvoy } from './envoy-process.ts';
import { accepts, waitUntilReady } from './wait-until.ts';

/**
 * Starts the gateway and one Envoy a pod, with certificates made for this run; answers those of the pods. Rejects with
 * the signal's reason once it is aborted.
 */
export async function startSidecars(options: {
  readonly run: OwnedRun;
  readonly envoyExecutable: string;
  readonly topology: Topology;
  readonly endpoints: MeshEndpoints;
  /** The folder in which the sidecar of a pod caches answers, and how much; null where none does. */
  readonly cacheFilesOf: (service: number) => HttpCacheFiles | null;
  readonly atOnce: number;
  readonly onStarted: (proxy: OwnedProcess) => void;
  readonly signal: AbortSignal | undefined;
}): Promise<readonly OwnedProcess[]> {
  const { run, topology, endpoints } = options;
  const folder = join(run.folder, 'mesh');
  await mkdir(folder, { recursive: true });
  const authority = await createRunAuthority(folder, Date.now());
  const peers = topology.services.map(
    ({ index, name }): Peer => ({
      name,
      inbound: endpoints.pods[index]!.inbound,
      spiffeId: spiffeIdOf(name),
    }),
  );
  const start = async (
    name: string,
    config: object,
    listensAt: readonly Endpoint[],
  ): Promise<OwnedProcess> => {
    const proxy = await startEnvoy(run, options.envoyExecutable, { name, config, folder });
    options.onStarted(proxy);
    await waitUntilReady(proxy, async () => (await Promise.all(listensAt.map(accepts))).every(Boolean));
    return proxy;
  };

  const pods = await eachBounded(topology.services, options.atOnce, async ({ index, name }) => {
    const { app, inbound, outbound, cachedOutbound, sharedRedisProxy } = endpoints.pods[index]!;
    const files = options.cacheFilesOf(index);
    if (files !== null) await mkdir(files.folder, { recursive: true });
    const config = sidecarConfig({
      name,
      identity: await authority.issue(name),
      app,
      inbound,
      outbound,
      ...(files !== null && { httpCache: { at: cachedOutbound, files } }),
      sharedRedisProxy,
      sharedRedis: endpoints.sharedRedis,
      peers: calledBy(topology, index).map((owner) => peers[owner]!),
    });
    const ways = [inbound, outbound, sharedRedisProxy, ...(files === null ? [] : [cachedOutbound])];
    const proxy = await start(name, config, ways);
    options.signal?.throwIfAborted();
    return proxy;
  });
  const identity: Identity = await authority.issue('gateway');
  await start('gateway', gatewayConfig({ identity, at: endpoints.gateway, peers }), [endpoints.gateway]);
  return pods;
}

/** The services that a service's requests read from. */
function calledBy(topology: Topology, service: number): readonly number[] {
  const owners = topology.requestTypes
    .filter((type) => type.service === service)
    .flatMap((type) => type.reads.map((read) => read.owner));
  return [...new Set(owners)].sort((a, b) => a - b);
}
