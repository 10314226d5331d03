import type { Millis } from 'l1-cache';
import type { ReadPath, ReadPathContext, ReadResult, Stamped } from './read-path.ts';
import { connectRedis, deleteByPrefix, type RedisAddress, untilReady } from './redis-connection.ts';
import { singleFlight } from './single-flight.ts';

/**
 * The cache-aside pattern over a Redis: GET; on a miss the origin, then SET with the hand TTL, not waited for.
 * One connection: node-redis writes the commands of one turn of the event loop together, and a pool would only
 * spread them over more packets. Concurrent misses of one key share one fetch. While the connection is lost,
 * reads go to the origin and nothing queues. `prefix` keeps scenarios that share a server out of each other's keys;
 * without one the server is this scenario's alone. `server` names it as the outcome of a hit.
 */
export async function openCacheAside(
  redis: RedisAddress,
  context: ReadPathContext,
  prefix: string,
  server: 'redis' | 'container' = 'redis',
): Promise<ReadPath> {
  const client = await connectRedis(redis);
  const shareFetch = singleFlight<ReadResult>();

  const fetch = async (key: string, ttlMs: Millis, load: () => Promise<Stamped>): Promise<ReadResult> => {
    const value = await load();
    context.countRedisCommands(1);
    client
      .set(prefix + key, JSON.stringify(value), {
        expiration: { type: 'PX', value: Math.max(1, Math.round(ttlMs)) },
      })
      .catch(() => {}); // a value that was not stored is a miss next time
    return { value, outcome: 'origin' };
  };

  return {
    readNow: () => undefined,
    async read(key, at) {
      context.countRedisCommands(1);
      const held = await client.get(prefix + key).catch(() => null);
      if (held !== null) return { value: JSON.parse(held) as Stamped, outcome: server };
      return shareFetch(key, () => fetch(key, context.ttlMs(at.domain), () => context.fetchFromOrigin(at)));
    },
    // The server holds the values; the target asks it.
    contents: () => ({ entries: 0, payloadBytes: 0, chargedBytes: 0 }),
    async clear() {
      await untilReady(client);
      if (prefix === '') await client.flushAll();
      else await deleteByPrefix(client, prefix);
    },
    async [Symbol.asyncDispose]() {
      if (client.isOpen) client.destroy();
    },
  };
}
