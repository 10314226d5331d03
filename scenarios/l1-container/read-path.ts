import { openCacheAside } from '../cache-aside.ts';
import type { ReadPath, ReadPathContext } from '../read-path.ts';

/** Cache-aside on the library as a process of the pod's own: the read path of redis-sidecar-unix, another server. */
export async function open(context: ReadPathContext): Promise<ReadPath> {
  const path = context.containerSocket;
  if (path === undefined) {
    throw new Error('l1-container needs a cache container in the pod, and this target starts none');
  }
  return openCacheAside({ path }, context, '', 'container');
}
