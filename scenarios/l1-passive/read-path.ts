import { openL1 } from '../l1-read-path.ts';
import type { ReadPath, ReadPathContext } from '../read-path.ts';

/** The library as a store only: no prediction, no learned TTL, no signals between pods. */
export function open(context: ReadPathContext): Promise<ReadPath> {
  return openL1(context, { prediction: 'off', ttl: 'hand', fleet: 'off' });
}
