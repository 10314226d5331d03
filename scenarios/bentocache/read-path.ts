import { BentoCache, bentostore } from 'bentocache';
import { MemoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { Redis } from 'ioredis';
import type { Count } from 'l1-cache';
import { LRUCache } from 'lru-cache';
import type { ReadPath, ReadPathContext, Stamped } from '../read-path.ts';

/** Bentocache as its authors set it up: memory in the process over the shared Redis, a Redis bus between the pods. */
export async function open(context: ReadPathContext): Promise<ReadPath> {
  if (context.sharedRedis === null) throw new Error('bentocache needs a shared Redis, and this pod has none');
  const address = { host: context.sharedRedis.host, port: context.sharedRedis.port };
  // Commands of one turn of the event loop in one packet; none waits for a lost connection.
  const redis = new Redis({
    ...address,
    enableAutoPipelining: true,
    enableOfflineQueue: false,
    lazyConnect: true,
  });
  redis.on('error', () => {}); // lost connections show as reads that go to the origin
  await redis.connect();
  const bus = new BusConnection({ ...address, lazyConnect: true });
  // The memory driver's own cache, made here, as the driver makes it, so that the memory report can look into it.
  const memory = new LRUCache<string, string>({
    maxSize: context.budgetBytes,
    sizeCalculation: (text) => Buffer.byteLength(text),
    ttlAutopurge: false,
  });
  const cache = new BentoCache({
    default: STORE,
    // An error of Redis is a miss, and a failing Redis is left alone for a second.
    suppressL2Errors: true,
    l2CircuitBreakerDuration: 1_000,
    grace: false,
    stores: {
      [STORE]: bentostore()
        .useL1Layer({
          // Values by reference (`serialize: false`) would be faster, but break on what comes from the Redis tier.
          options: {},
          factory: (config) => new MemoryDriver({ ...config, cacheInstance: memory }),
        })
        .useL2Layer(redisDriver({ connection: redis }))
        .useBus(redisBusDriver({ connection: bus })),
    },
  });
  // A store is made at its first use, and its bus subscribes without waiting: a pod is ready once it hears the others.
  cache.use(STORE);
  const [publisher, subscriber] = bus.made as [Redis, Redis];
  await publisher.ping();
  await subscriber.subscribe(`bentocache.notifications:${STORE}`);
  const layers = new Map<string, 'l1' | 'l2'>();
  cache.on('cache:hit', ({ key, layer }) => layers.set(key, layer));
  // A read that waited for the load of another finds the value in memory, and Bentocache calls it a hit. It is none.
  const flights = new Map<string, { readers: Count; isLoaded: boolean }>();

  return {
    // Its interface is a promise even for what is in memory.
    readNow: () => undefined,
    async read(key, at) {
      let isLoaded = false;
      const flight = flights.get(key) ?? { readers: 0, isLoaded };
      flights.set(key, flight);
      flight.readers += 1;
      const wasLoaded = flight.isLoaded;
      const value = await cache
        .getOrSet<Stamped>({
          key,
          ttl: Math.max(1, Math.round(context.ttlMs(at.domain))),
          factory: async () => {
            isLoaded = true;
            const loaded = await context.fetchFromOrigin(at);
            flight.isLoaded = true;
            return loaded;
          },
        })
        // Bentocache wraps what the origin said.
        .catch((error: Error) => Promise.reject(error.cause ?? error))
        .finally(() => {
          flight.readers -= 1;
          if (flight.readers === 0) flights.delete(key);
        });
      const layer = layers.get(key);
      layers.delete(key);
      if (isLoaded) context.countRedisCommands(COMMANDS_OF_LOAD);
      if (isLoaded || (flight.isLoaded && !wasLoaded)) return { value, outcome: 'origin' };
      if (layer !== 'l1') context.countRedisCommands(1);
      return { value, outcome: layer === 'l2' ? 'redis' : 'l1' };
    },
    contents() {
      let payloadBytes = 0;
      for (const [key, text] of memory.entries()) payloadBytes += key.length + text.length;
      return { entries: memory.size, payloadBytes, chargedBytes: memory.calculatedSize };
    },
    async clear() {
      await cache.clear();
    },
    async [Symbol.asyncDispose]() {
      await cache.disconnectAll().catch(() => {}); // a server that is gone need not be told goodbye
    },
  };
}

/** The bus makes its publisher and then its subscriber as duplicates of this connection, which itself stays unused. */
class BusConnection extends Redis {
  readonly made: Redis[] = [];

  override duplicate(...override: Parameters<Redis['duplicate']>): Redis {
    const made = super.duplicate(...override);
    made.on('error', () => {}); // a lost bus shows as copies that live on until their TTL
    this.made.push(made);
    return made;
  }
}

/** The one store; its name is part of the bus's channel. */
const STORE = 'tiers';

/** GET, SET and PUBLISH. */
const COMMANDS_OF_LOAD = 3;
