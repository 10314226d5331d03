import { openCacheAside } from '../cache-aside.ts';
import type { ReadPath, ReadPathContext } from '../read-path.ts';

/** Cache-aside on a Redis of the pod's own, over its Unix socket. */
export async function open(context: ReadPathContext): Promise<ReadPath> {
  const path = context.sidecarRedis?.unixSocket;
  if (path === undefined) {
    throw new Error(
      'redis-sidecar-unix needs a Redis in the pod with a Unix socket, and this target opens none',
    );
  }
  return openCacheAside({ path }, context, 'unix:');
}
