import { openCacheAside } from '../cache-aside.ts';
import type { ReadPath, ReadPathContext } from '../read-path.ts';

/** Cache-aside on a Redis of the pod's own, over loopback and past the mesh. */
export async function open(context: ReadPathContext): Promise<ReadPath> {
  if (context.sidecarRedis === null)
    throw new Error('redis-sidecar needs a Redis in the pod, and this one has none');
  return openCacheAside(context.sidecarRedis, context, 'tcp:');
}
