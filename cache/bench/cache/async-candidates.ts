import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { Cacheable } from 'cacheable';
import { BasicClientSideCache, createClient } from 'redis';
import { L1Cache } from '../../src/index.ts';
import type { Count } from '../../src/units.ts';
import { startRedis } from './redis-server.ts';
import type { Value } from './sync-candidates.ts';

export interface AsyncCache extends AsyncDisposable {
  read(key: string): Promise<unknown>;
  fill(key: string, value: Value): Promise<unknown>;
}

const HOUR_MS = 3_600_000;
const BUDGET_BYTES = 2 ** 30;
const nothing = { [Symbol.asyncDispose]: async () => {} };

/** Read-through hits where the peer offers them, plain hits where not. */
export const ASYNC_CANDIDATES: Readonly<Record<string, (entries: Count) => Promise<AsyncCache>>> = {
  'bare await': async () => ({ ...nothing, read: async (key) => key, fill: async () => {} }),
  'l1-cache': async () => {
    const cache = new L1Cache<Value>({ budgetBytes: BUDGET_BYTES, ttlMs: HOUR_MS });
    const load = async () => ({ id: 0 });
    return {
      ...nothing,
      read: (key) => cache.getOrLoad(key, load),
      fill: async (key, value) => cache.set(key, value),
    };
  },
  bentocache: async (entries) => {
    const cache = new BentoCache({
      default: 'l1',
      stores: {
        l1: bentostore({ ttl: HOUR_MS }).useL1Layer(memoryDriver({ maxItems: entries, serialize: false })),
      },
    });
    return {
      read: (key) => cache.getOrSet({ key, factory: () => ({ id: 0 }) }),
      fill: (key, value) => cache.set({ key, value }),
      [Symbol.asyncDispose]: () => cache.disconnectAll(),
    };
  },
  cacheable: async () => {
    const cache = new Cacheable({ ttl: HOUR_MS });
    return {
      ...nothing,
      read: (key) => cache.get(key),
      fill: (key, value) => cache.set(key, value),
    };
  },
  'node-redis client-side cache': async (entries) => {
    const redis = await startRedis();
    const clientSideCache = new BasicClientSideCache({
      maxEntries: entries,
      ttl: HOUR_MS,
      evictPolicy: 'LRU',
    });
    const client = createClient({
      RESP: 3,
      clientSideCache,
      socket: { host: '127.0.0.1', port: redis.port },
    });
    await client.connect();
    return overRedis(client, redis);
  },
  'Redis over TCP': async () => {
    const redis = await startRedis();
    const client = createClient({ socket: { host: '127.0.0.1', port: redis.port } });
    await client.connect();
    return overRedis(client, redis);
  },
  'Redis over a Unix socket': async () => {
    const redis = await startRedis();
    const client = createClient({ socket: { path: redis.socketPath, tls: false } });
    await client.connect();
    return overRedis(client, redis);
  },
};

interface RedisClient {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<unknown>;
  destroy(): void;
}

function overRedis(client: RedisClient, redis: AsyncDisposable): AsyncCache {
  return {
    read: (key) => client.get(key),
    fill: (key, value) => client.set(key, JSON.stringify(value)),
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await redis[Symbol.asyncDispose]();
    },
  };
}
