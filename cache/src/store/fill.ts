import type { AccessRecord, FillAccess, FillOrigin } from '../access.ts';
import type { Bytes, Count, Millis } from '../units.ts';

/** A fill as the store needs it: what is known of the value, and how long it may live. */
export interface Fill<V> {
  readonly sizeBytes?: Bytes | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly version?: number | undefined;
  readonly loadCostMs?: Millis | undefined;
  readonly frequency?: Count | undefined;
  /** How long the value is fresh, or what decides it. */
  readonly life: Millis | ((access: FillAccess<V>) => Millis);
  readonly origin: FillOrigin;
  /** Whether it can be renewed ahead: a loader is known. */
  readonly refreshable: boolean;
  /** Past this age nothing of it may be served. */
  readonly maxAgeMs: Millis;
}

/** What listeners hear of a fill. `previous` is what was held of the key. */
export function fillRecord<V>(
  key: string,
  value: V,
  atMs: Millis,
  origin: FillOrigin,
  version: number | undefined,
  previous: FillAccess<V>['previous'],
): AccessRecord {
  if (!previous) return { key, outcome: 'fill', value, atMs, origin, version };
  const versioned = version !== undefined && previous.version !== undefined;
  const sameValue = versioned ? version === previous.version : Object.is(previous.value, value);
  return { key, outcome: 'fill', value, atMs, origin, version, sameValue, previousAgeMs: previous.ageMs };
}
