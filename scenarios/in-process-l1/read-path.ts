import { createPodCache, readThrough } from '../l1-read-path.ts';
import type { ReadPath, ReadPathContext } from '../read-path.ts';

/** The cache library inside the process: a hit is synchronous and hands out the value itself, not a copy. */
export async function open(context: ReadPathContext): Promise<ReadPath> {
  return readThrough(createPodCache(context, 'hand'));
}
