import { BasicClientSideCache } from '@redis/client';
import type { Bytes } from 'l1-cache';
import type { ReadPath, ReadPathContext, ReadResult, Stamped } from '../read-path.ts';
import { connectRedis, deleteByPrefix } from '../redis-connection.ts';
import { singleFlight } from '../single-flight.ts';

/** The client counts entries, not bytes: the budget becomes entries of about this size, key and tables included. */
const ASSUMED_ENTRY_BYTES: Bytes = 1024;

/** Keeps its keys apart from those of `shared-redis` on the same server. */
const PREFIX = 'tracked:';

/**
 * The shared Redis with the client-side cache of node-redis: RESP3 tracking, so that the server tells this pod when a
 * key it has read changes or expires. Misses as in `shared-redis`.
 */
export async function open(context: ReadPathContext): Promise<ReadPath> {
  if (context.sharedRedis === null)
    throw new Error('redis-client-cache needs a shared Redis, and this pod has none');
  const local = new BasicClientSideCache({
    // No time limit of its own: an expiry at the server arrives as an invalidation.
    ttl: 0,
    maxEntries: Math.max(1, Math.floor(context.budgetBytes / ASSUMED_ENTRY_BYTES)),
    evictPolicy: 'LRU',
  });
  const client = await connectRedis(context.sharedRedis, { clientSideCache: local });
  const shareFetch = singleFlight<ReadResult>();

  return {
    // The client answers with a promise even when it need not ask the server.
    readNow: () => undefined,
    async read(key, at) {
      const hitsBefore = local.stats().hitCount;
      const answer = client.get(PREFIX + key);
      // The client looks into its cache before it first waits, so the count tells whether this read was a hit.
      const isLocal = local.stats().hitCount > hitsBefore;
      if (!isLocal) context.countRedisCommands(1);
      const held = await answer.catch(() => null);
      if (held !== null) {
        return { value: JSON.parse(held) as Stamped, outcome: isLocal ? 'l1' : 'redis' };
      }
      return shareFetch(key, async () => {
        const value = await context.fetchFromOrigin(at);
        context.countRedisCommands(1);
        const ttlMs = Math.max(1, Math.round(context.ttlMs(at.domain)));
        client
          .set(PREFIX + key, JSON.stringify(value), { expiration: { type: 'PX', value: ttlMs } })
          .catch(() => {}); // a value that was not stored is a miss next time
        return { value, outcome: 'origin' };
      });
    },
    // The client tells how many answers it keeps, not how large they are.
    contents: () => ({ entries: local.size(), payloadBytes: 0, chargedBytes: 0 }),
    async clear() {
      await deleteByPrefix(client, PREFIX);
      local.clear();
    },
    async [Symbol.asyncDispose]() {
      if (client.isOpen) client.destroy();
    },
  };
}
