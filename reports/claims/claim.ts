import type { Measured, MeasurementKind, Measurements } from './measurements.ts';

/** The ids of docs/claims.md; the ledger's rows carry them. */
export const CLAIM_IDS = [
  'in-process',
  'localhost',
  '67x',
  'ten-lookups',
  'mesh-rtt',
  'fan-out-5',
  '1000x',
  'three-calls',
  '500,000x',
  '300-s',
  '100-gb',
  'redis-grows',
  'redis-cold',
  'envoy-cache',
  'transparent',
  'zero-copy',
  'prewarm',
  'no-stampede',
  'dynamic-ttl',
  'cross-pod',
  'working-set',
  'mesh-intact',
  'injection',
  'environment',
] as const;

export type ClaimId = (typeof CLAIM_IDS)[number];

export type ClaimVerdict =
  | 'reproduced'
  | 'reproduced if'
  | 'not reproduced'
  | 'refuted by arithmetic'
  | 'not testable here';

/** What a verdict rests on: the numbers, and the condition where there is one. */
export interface Judgement {
  readonly verdict: Exclude<ClaimVerdict, 'not testable here'>;
  /** Why, in one or two sentences. */
  readonly because: string;
  /** Under which condition the claim holds, solved for; null where there is none to state. */
  readonly condition: string | null;
  readonly values: readonly { readonly label: string; readonly measured: Measured }[];
}

/** One claim of the article: what it says, what it needs, and the rule that judges it. */
export interface Claim {
  readonly id: ClaimId;
  /** The claim in one line. */
  readonly line: string;
  /** The article's words. */
  readonly quote: string;
  readonly needs: readonly [MeasurementKind, ...MeasurementKind[]];
  /** A pure function of the measurements it needs; called only when all of them are there. */
  readonly judge: (measured: Measurements) => Judgement;
}

/**
 * A claim whose rule sees exactly the measurements it names: reading another one is a type error.
 */
export function claim<Kinds extends readonly [MeasurementKind, ...MeasurementKind[]]>(definition: {
  readonly id: ClaimId;
  readonly line: string;
  readonly quote: string;
  readonly needs: Kinds;
  readonly judge: (measured: Pick<Measurements, Kinds[number]>) => Judgement;
}): Claim {
  return definition;
}
