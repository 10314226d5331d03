import type { MemoryReading } from '../../../reports/schema.ts';
import type { PodMemory } from '../../../scenarios/service/protocol.ts';
import type { OwnedProcess } from '../../journal/owned-process.ts';
import { MEMORY_METHOD, readProcessMemory } from '../../machine/process-memory.ts';
import { appLines, type BalanceLine, proxyLines, redisLines } from './balance-sheet.ts';
import type { Endpoint } from './endpoints.ts';
import { readRedisContents } from './redis-server.ts';

/** The processes of one pod, and what its program said of itself. */
export interface PodParts {
  readonly service: number;
  readonly app: OwnedProcess;
  readonly memory: PodMemory;
  readonly proxy: OwnedProcess | null;
  readonly redis: OwnedProcess | null;
  readonly redisEndpoint: Endpoint;
}

/** Reads the balance sheet of every pod, and of the Redis that all share when the scenario uses it. */
export async function readMeshMemory(
  scenario: string,
  mesh: {
    readonly pods: readonly PodParts[];
    readonly shared: { readonly redis: OwnedProcess; readonly endpoint: Endpoint } | null;
  },
): Promise<MemoryReading> {
  const pods: MemoryReading['pods'] = [];
  for (const pod of mesh.pods) pods.push(await readPod(pod));
  return {
    scenario,
    method: `${MEMORY_METHOD}; after a garbage collection`,
    pods,
    filled: null,
    shared: mesh.shared === null ? [] : [await readShared(mesh.shared.redis, mesh.shared.endpoint)],
  };
}

async function readPod(pod: PodParts): Promise<MemoryReading['pods'][number]> {
  const app = await readProcessMemory(pod.app.pid);
  const proxy = pod.proxy === null ? null : await readProcessMemory(pod.proxy.pid);
  const redis = pod.redis === null ? null : await readProcessMemory(pod.redis.pid);
  const contents = pod.redis === null ? null : await readRedisContents(pod.redisEndpoint);
  const lines = [
    ...asPart('application', appLines(app, pod.memory)),
    ...asPart('proxy', proxy === null ? [] : proxyLines(proxy)),
    ...asPart('redis', redis === null || contents === null ? [] : redisLines(redis, contents)),
  ];
  return {
    service: pod.service,
    lines,
    totals: {
      application: app.totalBytes,
      proxy: proxy?.totalBytes ?? 0,
      redis: redis?.totalBytes ?? 0,
    },
    entries: contents?.entries ?? pod.memory.contents.entries,
    payloadBytes: contents?.payloadBytes ?? pod.memory.contents.payloadBytes,
    chargedBytes: contents?.usedMemoryBytes ?? pod.memory.contents.chargedBytes,
  };
}

async function readShared(redis: OwnedProcess, endpoint: Endpoint): Promise<MemoryReading['shared'][number]> {
  const { totalBytes } = await readProcessMemory(redis.pid);
  const { usedMemoryBytes, entries, payloadBytes } = await readRedisContents(endpoint);
  return { name: redis.name, bytes: totalBytes, usedMemoryBytes, entries, payloadBytes };
}

function asPart(
  part: 'application' | 'proxy' | 'redis',
  lines: readonly BalanceLine[],
): MemoryReading['pods'][number]['lines'] {
  return lines.map((line) => ({ part, ...line }));
}
