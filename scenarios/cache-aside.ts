import type { Millis } from 'l1-cache';
import { createClient } from 'redis';
import type { ReadPath, ReadPathContext, ReadResult, Stamped } from './read-path.ts';
import { singleFlight } from './single-flight.ts';

const CONNECT_TIMEOUT_MS: Millis = 2_000;
const FIRST_CONNECT_TRIES = 20;
const LONGEST_PAUSE_MS: Millis = 1_000;

/** Where a Redis listens. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * The cache-aside pattern over a Redis: GET; on a miss the origin, then SET with the hand TTL, not waited for.
 * One connection: node-redis writes the commands of one turn of the event loop together, and a pool would only
 * spread them over more packets. Concurrent misses of one key share one fetch. While the connection is lost,
 * reads go to the origin and nothing queues.
 */
export async function openCacheAside(redis: RedisAddress, context: ReadPathContext): Promise<ReadPath> {
  const client = await connect(redis);
  const shareFetch = singleFlight<ReadResult>();

  const fetch = async (key: string, ttlMs: Millis, load: () => Promise<Stamped>): Promise<ReadResult> => {
    const value = await load();
    context.countRedisCommands(1);
    client
      .set(key, JSON.stringify(value), { expiration: { type: 'PX', value: Math.max(1, Math.round(ttlMs)) } })
      .catch(() => {}); // a value that was not stored is a miss next time
    return { value, outcome: 'origin' };
  };

  return {
    readNow: () => undefined,
    async read(key, at) {
      context.countRedisCommands(1);
      const held = await client.get(key).catch(() => null);
      if (held !== null) return { value: JSON.parse(held) as Stamped, outcome: 'redis' };
      return shareFetch(key, () => fetch(key, context.ttlMs(at.domain), () => context.fetchFromOrigin(at)));
    },
    // The server holds the values; the target asks it.
    contents: () => ({ entries: 0, payloadBytes: 0, chargedBytes: 0 }),
    async clear() {
      await client.flushDb();
    },
    async [Symbol.asyncDispose]() {
      if (client.isOpen) client.destroy();
    },
  };
}

async function connect({ host, port }: RedisAddress) {
  let connected = false;
  const client = createClient({
    disableOfflineQueue: true,
    socket: {
      host,
      port,
      connectTimeout: CONNECT_TIMEOUT_MS,
      noDelay: true,
      reconnectStrategy: (tries, cause) => {
        if (!connected && tries >= FIRST_CONNECT_TRIES) {
          return new Error(`no Redis at ${host}:${port} (${cause.message})`, { cause });
        }
        return Math.min(LONGEST_PAUSE_MS, 50 * 2 ** tries);
      },
    },
  });
  client.on('error', () => {}); // lost connections show as reads that go to the origin
  await client.connect();
  connected = true;
  return client;
}
