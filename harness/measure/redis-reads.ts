import { join, relative } from 'node:path';
import { L1Cache } from 'l1-cache';
import type { Measurements } from '../../reports/claims/measurements.ts';
import type { OwnedRun } from '../journal/owned-run.ts';
import { bundleContainer, startContainer } from '../targets/local/cache-container.ts';
import { connectOnce } from '../targets/local/connect-once.ts';
import type { Endpoint } from '../targets/local/endpoints.ts';
import { infoNumber, startRedis } from '../targets/local/redis-server.ts';
import { medianOf, observed, timeBatches, timeEach } from './samples.ts';

const READS = 3_000;
const TASKS = 800;
const KEYS = 1_000;
/** About what a price or a profile weighs. */
const VALUE = 'x'.repeat(1_024);
const LIMIT_BYTES = 32 * 2 ** 20;
const OFFERED_BYTES = 3 * LIMIT_BYTES;

const key = (index: number): string => `price.1:${index % KEYS}`;

/** Lookups against a Redis and a cache container on this machine and against the library, one after the other. */
export async function measureLocalhostReads(
  run: OwnedRun,
  executable: string,
  at: { readonly redis: Endpoint; readonly container: Endpoint },
): Promise<Pick<Measurements, 'localhostRead' | 'tenLookups'>> {
  await using cleanup = new AsyncDisposableStack();
  // A socket's name may have 107 bytes, so each end names it from where it stands.
  const socketFromHere = (name: string) => ({
    path: relative(process.cwd(), join(run.folder, name)),
    tls: false as const,
  });
  const budgetBytes = 256 * 2 ** 20;
  const redis = await startRedis(run, executable, {
    name: 'redis-reads',
    endpoint: at.redis,
    maxMemoryBytes: budgetBytes,
    unixSocket: 'redis-reads.sock',
  });
  cleanup.defer(() => redis.stop());
  const container = await startContainer(run, await bundleContainer(run), {
    name: 'container-reads',
    endpoint: at.container,
    unixSocket: 'container-reads.sock',
    budgetBytes,
  });
  cleanup.defer(() => container.stop());
  const connected = async (socket: Endpoint | ReturnType<typeof socketFromHere>) => {
    const client = await connectOnce(socket);
    cleanup.defer(() => client.destroy());
    return client;
  };
  const tcp = await connected(at.redis);
  const unix = await connected(socketFromHere('redis-reads.sock'));
  const containerTcp = await connected(at.container);
  const containerUnix = await connected(socketFromHere('container-reads.sock'));
  const cache = new L1Cache<string>({ budgetBytes: 64 * 2 ** 20 });
  for (let index = 0; index < KEYS; index += 1) {
    cache.set(key(index), VALUE);
    await tcp.set(key(index), VALUE);
    await containerTcp.set(key(index), VALUE);
  }
  const ten = (index: number): string[] =>
    Array.from({ length: 10 }, (_, offset) => key(index * 10 + offset));
  const get = 'GET of 1 KiB by node-redis, one pooled connection, one read at a time, server on this machine';

  const readsOf = async (client: typeof tcp, way: string) =>
    medianOf(await timeEach(READS, (index) => client.get(key(index))), `${get}, ${way}`);
  return {
    localhostRead: {
      inProcess: medianOf(
        timeBatches(300, 200, (index) => cache.get(key(index))),
        'get of 1 KiB from l1-cache in the reading process, in batches of 200',
      ),
      redisTcp: await readsOf(tcp, 'loopback TCP'),
      redisUnix: await readsOf(unix, 'Unix socket'),
      containerTcp: await readsOf(containerTcp, 'loopback TCP'),
      containerUnix: await readsOf(containerUnix, 'Unix socket'),
    },
    tenLookups: {
      sequential: medianOf(
        await timeEach(TASKS, async (index) => {
          for (const one of ten(index)) await tcp.get(one);
        }),
        'ten GETs, each after the other’s answer, loopback TCP',
      ),
      concurrent: medianOf(
        await timeEach(TASKS, (index) => Promise.all(ten(index).map((one) => tcp.get(one)))),
        'ten GETs at once on one connection, loopback TCP',
      ),
      mget: medianOf(
        await timeEach(TASKS, (index) => tcp.mGet(ten(index))),
        'one MGET of ten keys, loopback TCP',
      ),
      inProcess: medianOf(
        timeBatches(500, 100, (index) => {
          for (let offset = 0; offset < 10; offset += 1) cache.get(key(index * 10 + offset));
        }),
        'ten reads of l1-cache in the same process, in batches of 100 tasks',
      ),
    },
  };
}

/** Offers a Redis three times its limit, once with `maxmemory` and once without. */
export async function measureRedisGrowth(
  run: OwnedRun,
  executable: string,
  endpoint: Endpoint,
): Promise<Pick<Measurements, 'redisGrowth'>> {
  const usedAfter = async (name: string, maxMemoryBytes: number): Promise<number> => {
    const server = await startRedis(run, executable, { name, endpoint, maxMemoryBytes });
    const client = await connectOnce(endpoint);
    try {
      const batch = 1_000;
      for (let sent = 0; sent < OFFERED_BYTES / VALUE.length; sent += batch) {
        await Promise.all(
          Array.from({ length: batch }, (_, index) => client.set(`k:${sent + index}`, VALUE)),
        );
      }
      return infoNumber(await client.info('memory'), 'used_memory');
    } finally {
      client.destroy();
      await server.stop();
    }
  };
  const how = `used_memory after SETs of ${OFFERED_BYTES / 2 ** 20} MiB of distinct values`;
  const values = OFFERED_BYTES / VALUE.length;
  return {
    redisGrowth: {
      offeredBytes: OFFERED_BYTES,
      limitBytes: LIMIT_BYTES,
      usedWithLimit: observed(
        await usedAfter('redis-bounded', LIMIT_BYTES),
        'bytes',
        values,
        'samples',
        `${how}, maxmemory ${LIMIT_BYTES / 2 ** 20} MiB, allkeys-lfu`,
      ),
      // maxmemory 0 is Redis's own default: no limit.
      usedWithoutLimit: observed(
        await usedAfter('redis-unbounded', 0),
        'bytes',
        values,
        'samples',
        `${how}, no maxmemory`,
      ),
    },
  };
}
