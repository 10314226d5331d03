import type { Count, Millis, Ratio } from 'l1-cache';

export type TimedMetric = 'CPU per request' | 'request p50' | 'request p99';

export const TIMED_METRICS: readonly TimedMetric[] = ['CPU per request', 'request p50', 'request p99'];

/** When the gate fails, passes or declines to say. Fixed before the run. */
export interface GateRules {
  /** The least change that counts as a regression, as a share: 0.1 is +10 %. */
  readonly tolerance: Readonly<Record<TimedMetric, Ratio>>;
  /** A pass must be able to rule out a change this large; null asks nothing of the metric. */
  readonly mustExclude: Readonly<Record<TimedMetric, Ratio | null>>;
  /** A control that differs by this much, with an interval to say so, makes the machine the suspect. */
  readonly controlTolerance: Ratio;
  /** Chance of one false regression over all timed metrics of a stage (Holm). */
  readonly alpha: Ratio;
  readonly minPairs: Count;
  /** Run length of the moving-block bootstrap: neighbouring pairs share the machine's mood. */
  readonly blockLength: Count;
}

export const GATE_RULES: GateRules = {
  tolerance: { 'CPU per request': 0.1, 'request p50': 0.1, 'request p99': 0.5 },
  mustExclude: { 'CPU per request': 0.25, 'request p50': 0.25, 'request p99': null },
  controlTolerance: 0.1,
  alpha: 0.05,
  minPairs: 12,
  blockLength: 3,
};

/** Pairs of both stages and their length: fits 180 s with start-up, three blocks a round. */
export const GATE_PLAN: {
  readonly firstPairs: Count;
  readonly confirmPairs: Count;
  readonly blockMs: Millis;
} = {
  firstPairs: 16,
  confirmPairs: 20,
  blockMs: 1_200,
};
