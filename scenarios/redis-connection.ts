import { once } from 'node:events';
import { createClient, type RedisClientOptions } from '@redis/client';
import type { Millis } from 'l1-cache';

const CONNECT_TIMEOUT_MS: Millis = 2_000;
const FIRST_CONNECT_TRIES = 20;
const LONGEST_PAUSE_MS: Millis = 1_000;

/** Where a Redis listens. */
export type RedisAddress = { readonly host: string; readonly port: number } | { readonly path: string };

/**
 * Connects node-redis for a cache: RESP3, commands of one turn of the event loop written together, nothing queued
 * while the connection is lost, reconnecting for ever once it was there. Rejects when no server answers at first.
 * The client package alone: `redis` adds the commands of four module families, 2 MiB in every pod, for nothing here.
 */
export async function connectRedis(
  address: RedisAddress,
  clientSideCache: Pick<RedisClientOptions<Record<string, never>>, 'clientSideCache'> = {},
) {
  let connected = false;
  const client = createClient({
    RESP: 3,
    ...clientSideCache,
    disableOfflineQueue: true,
    socket: {
      ...('path' in address ? { path: address.path, tls: false as const } : { ...address, noDelay: true }),
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: (tries: number, cause: Error) => {
        if (!connected && tries >= FIRST_CONNECT_TRIES) {
          const place = 'path' in address ? address.path : `${address.host}:${address.port}`;
          return new Error(`no Redis at ${place} (${cause.message})`, { cause });
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

/**
 * Resolves when the client is connected, as after a Redis that was stopped came back: at once, or within the longest
 * pause between two tries. Rejects after 2 s.
 */
export async function untilReady(client: RedisClient): Promise<void> {
  if (!client.isReady) await once(client, 'ready', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
}

/** Deletes every key that begins with the prefix, without holding up the server. */
export async function deleteByPrefix(client: RedisClient, prefix: string): Promise<void> {
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*`, COUNT: 1_000 })) {
    if (keys.length > 0) await client.unlink(keys);
  }
}

type RedisClient = Awaited<ReturnType<typeof connectRedis>>;
