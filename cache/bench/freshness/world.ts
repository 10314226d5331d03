import { seededRandom } from '../../src/random.ts';
import type { Count, Millis } from '../../src/units.ts';
import { type MutationKind, mutationsOf } from './mutations.ts';
import type { WorldKey } from './simulate.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const WEEK = 7 * 24 * HOUR;

/** Six domains between one change a second and one a week; within each, intervals are log-uniform. */
const DOMAINS: readonly (readonly [name: string, fromMs: Millis, toMs: Millis])[] = [
  ['price', SECOND, 10 * SECOND],
  ['inventory', 5 * SECOND, 2 * MINUTE],
  ['session', MINUTE, 20 * MINUTE],
  ['profile', 10 * MINUTE, 4 * HOUR],
  ['authorisation', HOUR, 2 * 24 * HOUR],
  ['flag', 12 * HOUR, WEEK],
];

export interface WorldOptions {
  readonly seed: number;
  readonly kind: MutationKind;
  /** Default 400. */
  readonly keys?: Count;
  /** Of all keys together. Default 175. */
  readonly readsPerSecond?: number;
}

const ZIPF_EXPONENT = 0.9;

/** Keys of six domains with every change interval between 1 s and a week, read with Zipf frequencies. */
export function worldOf({ seed, kind, keys = 400, readsPerSecond = 175 }: WorldOptions): WorldKey[] {
  const rng = seededRandom(seed);
  const ranks = Array.from({ length: keys }, (_, rank) => (rank + 1) ** -ZIPF_EXPONENT);
  for (let i = keys - 1; i > 0; i--) {
    const j = Math.floor(rng() * (i + 1));
    [ranks[i], ranks[j]] = [ranks[j]!, ranks[i]!];
  }
  const total = ranks.reduce((sum, weight) => sum + weight, 0);
  return ranks.map((weight, index) => {
    const [domain, fromMs, toMs] = DOMAINS[index % DOMAINS.length]!;
    const meanChangeMs = fromMs * (toMs / fromMs) ** rng();
    return {
      name: `${domain}:${index}`,
      domain,
      readsPerMs: ((weight / total) * readsPerSecond) / 1000,
      meanChangeMs,
      mutations: mutationsOf(kind, meanChangeMs, seededRandom(seed * 7919 + index)),
    };
  });
}

/** Keys that all change at one mean interval and are read alike. */
export function uniformWorld(
  seed: number,
  kind: MutationKind,
  meanChangeMs: Millis,
  readsPerSecond: number,
  keys: Count,
): WorldKey[] {
  return Array.from({ length: keys }, (_, index) => ({
    name: `key:${index}`,
    domain: 'key',
    readsPerMs: readsPerSecond / 1000,
    meanChangeMs,
    mutations: mutationsOf(kind, meanChangeMs, seededRandom(seed * 7919 + index)),
  }));
}
