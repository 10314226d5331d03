import { openL1 } from '../l1-read-path.ts';
import type { ReadPath, ReadPathContext } from '../read-path.ts';

/** The library with learned TTLs alone. */
export function open(context: ReadPathContext): Promise<ReadPath> {
  return openL1(context, { prediction: 'off', ttl: 'learned', fleet: 'off' });
}
