import { createPodCache, readThrough } from '../l1-read-path.ts';
import type { ReadPath, ReadPathContext } from '../read-path.ts';

/** The library as a store only: no prediction, no learned TTL, no signals between pods. */
export async function open(context: ReadPathContext): Promise<ReadPath> {
  return readThrough(createPodCache(context, 'hand'));
}
