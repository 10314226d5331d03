import { openCacheAside } from '../cache-aside.ts';
import type { ReadPath, ReadPathContext } from '../read-path.ts';

/** Cache-aside on the one Redis that all pods share, through the pod's sidecar when there is a mesh. */
export async function open(context: ReadPathContext): Promise<ReadPath> {
  if (context.sharedRedis === null)
    throw new Error('shared-redis needs a shared Redis, and this pod has none');
  return openCacheAside(context.sharedRedis, context, 'shared:');
}
