import type { FillAccess, TtlPolicy } from './access.ts';
import type { Millis, Ratio } from './units.ts';

export interface LifeRules<V> {
  readonly ttl: TtlPolicy<V> | undefined;
  readonly ttlMs: Millis;
  readonly negativeTtlMs: Millis;
  readonly ttlSpreadRatio: Ratio;
  readonly random: () => Ratio;
}

/** The life of a value that a loader brought. `saidMs` is what the loader or its definition says. */
export function lifeOfLoaded<V>(
  rules: LifeRules<V>,
  key: string,
  access: FillAccess<V>,
  saidMs: Millis | undefined,
): Millis {
  if (access.value === undefined) return rules.negativeTtlMs;
  // What a policy decides it has spread itself, if that is wanted.
  if (saidMs === undefined && rules.ttl) return rules.ttl(key, access);
  return (saidMs ?? rules.ttlMs) * (1 - rules.ttlSpreadRatio * rules.random());
}
