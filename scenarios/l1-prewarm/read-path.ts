import { openL1 } from '../l1-read-path.ts';
import type { ReadPath, ReadPathContext } from '../read-path.ts';

/** The library with prediction alone. */
export function open(context: ReadPathContext): Promise<ReadPath> {
  return openL1(context, { prediction: 'on', ttl: 'hand', fleet: 'off' });
}
