import { join } from 'node:path';
import { L1Cache } from 'l1-cache';
import { createClient } from 'redis';
import type { Measurements } from '../../reports/claims/measurements.ts';
import type { OwnedRun } from '../journal/owned-run.ts';
import type { Endpoint } from '../targets/local/endpoints.ts';
import { startRedis } from '../targets/local/redis-server.ts';
import { medianOf, observed, timeBatches, timeEach } from './samples.ts';

const READS = 3_000;
const TASKS = 800;
const KEYS = 1_000;
/** About what a price or a profile weighs. */
const VALUE = 'x'.repeat(1_024);
const LIMIT_BYTES = 32 * 2 ** 20;
const OFFERED_BYTES = 3 * LIMIT_BYTES;

const key = (index: number): string => `price.1:${index % KEYS}`;

/** Lookups against one Redis on this machine and against the library, in one process, one after the other. */
export async function measureRedisReads(
  run: OwnedRun,
  executable: string,
  endpoint: Endpoint,
): Promise<Pick<Measurements, 'localhostRead' | 'tenLookups'>> {
  const unixSocket = join(run.folder, 'reads.sock');
  const server = await startRedis(run, executable, {
    name: 'redis-reads',
    endpoint,
    maxMemoryBytes: 256 * 2 ** 20,
    unixSocket,
  });
  const tcp = createClient({ socket: endpoint });
  const unix = createClient({ socket: { path: unixSocket, tls: false } });
  await Promise.all([tcp.connect(), unix.connect()]);
  const cache = new L1Cache<string>({ budgetBytes: 64 * 2 ** 20 });
  for (let index = 0; index < KEYS; index += 1) {
    cache.set(key(index), VALUE);
    await tcp.set(key(index), VALUE);
  }
  const ten = (index: number): string[] =>
    Array.from({ length: 10 }, (_, offset) => key(index * 10 + offset));
  const get = 'GET of 1 KiB by node-redis, one pooled connection, one read at a time, server on this machine';

  try {
    return {
      localhostRead: {
        redisTcp: medianOf(await timeEach(READS, (index) => tcp.get(key(index))), `${get}, loopback TCP`),
        redisUnix: medianOf(await timeEach(READS, (index) => unix.get(key(index))), `${get}, Unix socket`),
        containerTcp: null,
        containerUnix: null,
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
  } finally {
    tcp.destroy();
    unix.destroy();
    await server.stop();
  }
}

/** Offers a Redis three times its limit, once with `maxmemory` and once without. */
export async function measureRedisGrowth(
  run: OwnedRun,
  executable: string,
  endpoint: Endpoint,
): Promise<Pick<Measurements, 'redisGrowth'>> {
  const usedAfter = async (name: string, maxMemoryBytes: number): Promise<number> => {
    const server = await startRedis(run, executable, { name, endpoint, maxMemoryBytes });
    const client = createClient({ socket: endpoint });
    await client.connect();
    try {
      const batch = 1_000;
      for (let sent = 0; sent < OFFERED_BYTES / VALUE.length; sent += batch) {
        await Promise.all(
          Array.from({ length: batch }, (_, index) => client.set(`k:${sent + index}`, VALUE)),
        );
      }
      return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
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
