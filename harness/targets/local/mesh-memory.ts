import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bytes } from 'l1-cache';
import type { MemoryReading } from '../../../reports/schema.ts';
import type { PodMemory } from '../../../scenarios/service/protocol.ts';
import type { OwnedProcess } from '../../journal/owned-process.ts';
import { MEMORY_METHOD, readProcessMemory } from '../../machine/process-memory.ts';
import { appLines, type BalanceLine, plainLines, redisLines } from './balance-sheet.ts';
import { readContainerContents } from './cache-container.ts';
import type { Endpoint } from './endpoints.ts';
import type { PodCache } from './pod-caches.ts';
import { readRedisContents } from './redis-server.ts';

/** The processes of one pod, and what its program said of itself. */
export interface PodParts {
  readonly service: number;
  readonly app: OwnedProcess;
  readonly memory: PodMemory;
  readonly proxy: OwnedProcess | null;
  /** What the scenario has beside the program. */
  readonly cache: PodCache | null;
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
    launch: null,
    brokenRules: [],
    method: `${MEMORY_METHOD}; after a collection that gives free pages back`,
    pods,
    filled: null,
    shared: mesh.shared === null ? [] : [await readShared(mesh.shared.redis, mesh.shared.endpoint)],
  };
}

type PodReading = MemoryReading['pods'][number];

async function readPod(pod: PodParts): Promise<PodReading> {
  const app = await readProcessMemory(pod.app.pid);
  const proxy = pod.proxy === null ? null : await readProcessMemory(pod.proxy.pid);
  const cache = pod.cache === null ? null : await readCache(pod.cache);
  return {
    service: pod.service,
    lines: [
      ...asPart('application', appLines(app, pod.memory)),
      ...asPart('proxy', proxy === null ? [] : plainLines(proxy)),
      ...(cache === null ? [] : asPart(cache.part, cache.lines)),
    ],
    totals: {
      application: app.totalBytes,
      proxy: proxy?.totalBytes ?? 0,
      redis: cache?.part === 'redis' ? cache.totalBytes : 0,
      cache: cache?.part === 'cache' ? cache.totalBytes : 0,
    },
    ...(cache?.contents ?? pod.memory.contents),
  };
}

interface CacheReading {
  readonly part: 'redis' | 'cache';
  readonly lines: readonly BalanceLine[];
  readonly totalBytes: Bytes;
  /** Null where the program knows best. */
  readonly contents: Pick<PodReading, 'entries' | 'payloadBytes' | 'chargedBytes'> | null;
}

/** What the cache of one pod takes, by the kernel's account. */
export async function cacheMemory(cache: PodCache): Promise<Bytes> {
  return (await readCache(cache)).totalBytes;
}

async function readCache(cache: PodCache): Promise<CacheReading> {
  if (cache.kind === 'shared-memory') {
    // Read, not mapped: the kernel counts these pages to the pod and to none of its processes.
    const bytes = (await stat(cache.file)).blocks * 512;
    return { part: 'cache', lines: [{ line: 'file in memory', bytes }], totalBytes: bytes, contents: null };
  }
  if (cache.kind === 'proxy-files') {
    const bytes = await blocksOf(cache.folder);
    return { part: 'cache', lines: [{ line: 'files in memory', bytes }], totalBytes: bytes, contents: null };
  }
  const memory = await readProcessMemory(cache.process.pid);
  const { totalBytes } = memory;
  if (cache.kind === 'container') {
    const contents = await readContainerContents(cache.endpoint);
    return { part: 'cache', lines: plainLines(memory), totalBytes, contents };
  }
  const held = await readRedisContents(cache.endpoint);
  const { entries, payloadBytes, usedMemoryBytes } = held;
  const contents = { entries, payloadBytes, chargedBytes: usedMemoryBytes };
  return { part: 'redis', lines: redisLines(memory, held), totalBytes, contents };
}

/** What the files of a folder take, in whole blocks. */
async function blocksOf(folder: string): Promise<Bytes> {
  const files = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))));
  return files.reduce((sum, { blocks }) => sum + blocks * 512, 0);
}

async function readShared(redis: OwnedProcess, endpoint: Endpoint): Promise<MemoryReading['shared'][number]> {
  const { totalBytes } = await readProcessMemory(redis.pid);
  const { usedMemoryBytes, entries, payloadBytes } = await readRedisContents(endpoint);
  return { name: redis.name, bytes: totalBytes, usedMemoryBytes, entries, payloadBytes };
}

function asPart(
  part: 'application' | 'proxy' | 'redis' | 'cache',
  lines: readonly BalanceLine[],
): MemoryReading['pods'][number]['lines'] {
  return lines.map((line) => ({ part, ...line }));
}
