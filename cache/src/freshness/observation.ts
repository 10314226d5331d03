import type { Millis } from '../units.ts';
import type { Observation } from './rate-grid.ts';
import { digest, type Validator } from './validator.ts';

/** A value just fetched from the origin. */
export interface Fetched {
  readonly key: string;
  /** When it was fetched, by any clock that never goes backwards. */
  readonly atMs: Millis;
  readonly validator: Validator;
  /**
   * Why it was fetched: a read found nothing fresh, a read came after a notice that it had changed, or it was
   * loaded ahead of any read. Default `read`.
   */
  readonly cause?: 'read' | 'notice' | 'ahead';
}

/**
 * What a fetch shows against the one before, whose stamp was `before`; undefined when there is nothing to compare.
 * `intervalMs` is the time between the two.
 */
export function observationOf(
  before: number,
  { validator, cause }: Fetched,
  intervalMs: Millis,
): Observation | undefined {
  const now = stampOf(validator);
  const { ageMs = -1 } = validator;
  const isDated = ageMs >= 0 && ageMs < Number.POSITIVE_INFINITY;
  // Not a number before the first fetch.
  if (intervalMs <= 0) return undefined;
  if (Number.isNaN(now) || Number.isNaN(before)) {
    if (!isDated) return undefined;
    return ageMs > intervalMs ? { kind: 'unchanged', intervalMs } : { kind: 'dated', ageMs };
  }
  if (now === before) return { kind: 'unchanged', intervalMs };
  if (validator.version !== undefined && now === before + 1) return { kind: 'changed-once', intervalMs };
  if (validator.version !== undefined && now > before) return { kind: 'changed-often', intervalMs };
  if (isDated && ageMs <= intervalMs) return { kind: 'dated', ageMs };
  return { kind: cause === 'notice' ? 'changed-once' : 'changed', intervalMs };
}

/** One number that differs when the value does; NaN when the origin gives nothing to compare. */
export function stampOf(validator: Validator): number {
  if (validator.version !== undefined) return validator.version;
  return validator.etag === undefined ? Number.NaN : digest(validator.etag);
}
