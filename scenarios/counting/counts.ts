import type { Bytes, Count, Ratio } from 'l1-cache';

/** What the counting program is told. */
export interface CountingPlan {
  readonly services: Count;
  readonly seed: number;
  readonly scenarios: readonly string[];
  readonly requests: Count;
  readonly budgetBytes: Bytes;
  /** A server of the caller's own, emptied by the program. */
  readonly redis: { readonly host: string; readonly port: number };
}

/** Exact under a fixed seed: two runs of the same code give the same numbers. */
export interface Counts {
  readonly scenario: string;
  readonly requests: Count;
  readonly originCallsPerRequest: number;
  readonly originBytesPerRequest: Bytes;
  readonly redisCommandsPerRequest: number;
  readonly hitRatio: Ratio;
  /** Null where the scenario holds nothing in the process. */
  readonly chargedBytesPerEntry: Bytes | null;
  /** Null where the scenario is not the library. */
  readonly allocatedBytesPerHit: Bytes | null;
}
