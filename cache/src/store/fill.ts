import type { AccessRecord, FillAccess, FillOrigin, TtlPolicy } from '../access.ts';
import type { SetOptions } from '../options.ts';
import type { Millis } from '../units.ts';

/** What is known of a value that is stored. */
export type Fill = { readonly [K in keyof Omit<SetOptions, 'ttlMs'>]: SetOptions[K] | undefined };

/** How long a value may be served. One object serves all fills of a kind: to make one a fill is a tenth of its cost. */
export interface Terms<V> {
  /** How long the value is fresh, or what decides it. */
  readonly life: Millis | TtlPolicy<V>;
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
