import { openL1 } from '../l1-read-path.ts';
import type { ReadPath, ReadPathContext } from '../read-path.ts';

/** The library with prediction and learned TTLs on, each pod for itself. */
export function open(context: ReadPathContext): Promise<ReadPath> {
  return openL1(context, { prediction: 'on', ttl: 'learned', fleet: 'off' });
}
