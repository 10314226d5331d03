import { SharedMemoryCache } from 'l1-cache/shared-memory';
import type { ReadPath, ReadPathContext, ReadResult, Stamped } from '../read-path.ts';
import { singleFlight } from '../single-flight.ts';

/**
 * Cache-aside on a file in memory that all processes of the pod open and read without a server. Values are JSON text,
 * parsed on every read: what is shared is bytes. Concurrent misses of one key in one process share one fetch.
 */
export async function open(context: ReadPathContext): Promise<ReadPath> {
  const path = context.sharedMemoryFile;
  if (path === undefined) {
    throw new Error(
      'l1-shared-memory needs a file that prepareSharedMemory made before the pod started, and this target makes none',
    );
  }
  const cache = new SharedMemoryCache({ path });
  const shareFetch = singleFlight<ReadResult>();

  return {
    readNow(key) {
      const text = cache.getText(key);
      return text === undefined ? undefined : (JSON.parse(text) as Stamped);
    },
    read: (key, at) =>
      shareFetch(key, async () => {
        const value = await context.fetchFromOrigin(at);
        const bytes = Buffer.from(JSON.stringify(value));
        cache.set(key, bytes, context.ttlMs(at.domain));
        return { value, outcome: 'origin' };
      }),
    contents: () => ({ ...cache.contents(), chargedBytes: cache.stats().chargedBytes }),
    async clear() {
      cache.clear();
    },
    async [Symbol.asyncDispose]() {
      cache[Symbol.dispose]();
    },
  };
}
