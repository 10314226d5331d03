import { checkCount, checkDuration, checkRatio } from '../check-options.ts';
import type { Count, Millis, Ratio } from '../units.ts';
import type { FreshnessPolicy } from './policy.ts';

export interface LearnedFreshnessOptions {
  /** Default: at most 5 % of all reads stale. */
  readonly policy?: FreshnessPolicy;
  /** No value is served longer than this without being fetched again, whatever was learned. Default 6 h. */
  readonly maxAgeMs?: Millis;
  /** No TTL is shorter. Default 50 ms. */
  readonly minTtlMs?: Millis;
  /**
   * First TTL of a key of a kind not yet known: one for all, or what the team sets by hand for that key.
   * Default 1 s.
   */
  readonly initialTtlMs?: Millis | ((key: string) => Millis);
  /** Keys with a belief of their own, 126 bytes each and their map entry; others live by their template's. Default 20,000. */
  readonly trackedKeys?: Count;
  /**
   * How far TTLs are spread, so that the pods of a fleet do not all refetch at once: `fleet` draws the factor
   * from 0.1 to 1.9, `alone` from 0.9 to 1.1. Default `alone`.
   */
  readonly spread?: 'alone' | 'fleet';
  /** The pattern of a key; keys of one pattern teach each other. Default: segments with a digit vary. */
  readonly templateOf?: (key: string) => string;
  /** Draws from 0 (included) to 1 (excluded). */
  readonly rng: () => Ratio;
}

/** @throws {CacheError} `L1_BAD_OPTION` for the first option that is out of range. */
export function checkFreshnessOptions(options: LearnedFreshnessOptions): void {
  const { policy, maxAgeMs, minTtlMs, initialTtlMs, trackedKeys } = options;
  // To a budget of nothing no price leads.
  if (policy?.kind === 'staleness-budget') checkRatio('policy.budgetRatio', policy.budgetRatio, 'above 0');
  if (policy?.kind === 'target-share') checkRatio('policy.shareRatio', policy.shareRatio, 'from 0');
  checkDuration('maxAgeMs', maxAgeMs);
  checkDuration('minTtlMs', minTtlMs);
  if (typeof initialTtlMs === 'number') checkDuration('initialTtlMs', initialTtlMs);
  checkCount('trackedKeys', trackedKeys, 0);
}

/** What the learner knows about one key. */
export interface KeyFreshness {
  readonly meanChangeIntervalMs: Millis;
  readonly readsPerSecond: number;
  readonly ttlMs: Millis;
  readonly observations: Count;
}
