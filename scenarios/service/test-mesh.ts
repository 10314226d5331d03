import { once } from 'node:events';
import type { Server } from 'node:http';
import { freePorts } from '../test-redis.ts';
import { buildTopology } from '../topology/build.ts';
import type { Topology } from '../topology/topology.ts';
import { Pod } from './pod.ts';
import type { PodConfig } from './protocol.ts';

/** A small mesh inside the test's own process: real sockets, real pods, no sidecars. */
export interface TestMesh extends AsyncDisposable {
  readonly topology: Topology;
  readonly pods: readonly Pod[];
  /** Sends one inbound request. */
  request(requestType: number, ids: readonly number[]): Promise<Response>;
  readonly url: (service: number) => string;
}

export async function startTestMesh(overrides: Partial<PodConfig> = {}, chainGapMs = 0): Promise<TestMesh> {
  const topology = buildTopology({
    services: 8,
    seed: 3,
    fanOutMean: 3,
    fanOutDistribution: 'constant',
    chainGapMs,
  });
  const ports = await freePorts(topology.services.length);
  const peers = ports.map((port) => ({ host: '127.0.0.1', port }));
  const pods: Pod[] = [];
  for (const [serviceIndex, port] of ports.entries()) {
    const pod = new Pod({
      runId: 'test',
      serviceIndex,
      seed: 3,
      topology,
      fanOut: 'parallel',
      budgetBytes: 8 * 1024 * 1024,
      epochMs: 1_700_000_000_000,
      timeScale: 1,
      listen: { host: '127.0.0.1', port, controlPort: 0 },
      outbound: { kind: 'direct', peers },
      sharedRedis: { host: '127.0.0.1', port: 1 },
      sidecarRedis: { host: '127.0.0.1', port: 1 },
      ...overrides,
    });
    pods.push(pod);
    await once(pod.inbound.listen(port, '127.0.0.1'), 'listening');
  }
  const url = (service: number): string => `http://127.0.0.1:${ports[service]}`;
  return {
    topology,
    pods,
    url,
    request: (requestType, ids) => {
      const service = topology.requestTypes[requestType]?.service as number;
      return fetch(`${url(service)}/request/${requestType}?k=${ids.join(',')}`);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(pods.map((pod) => closeServer(pod.inbound)));
      await Promise.all(pods.map((pod) => pod[Symbol.asyncDispose]()));
    },
  };
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await once(server.close(), 'close');
}
