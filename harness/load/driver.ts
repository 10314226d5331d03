import type { Millis } from 'l1-cache';
import type { EncodedHistogram } from '../../scenarios/service/protocol.ts';
import type { Topology } from '../../scenarios/topology/topology.ts';
import type { Deployment } from '../targets/target.ts';

/** One block of load: which arrivals, how fast, how long. Arrivals are made by the driver from the seed. */
export interface LoadPlan {
  readonly topology: Topology;
  readonly seed: number;
  /** Blocks with the same stream number meet the same arrivals and keys. */
  readonly stream: number;
  readonly ratePerSecond: number;
  readonly durationMs: Millis;
  /** `synthetic`, or the path of a trace. */
  readonly workload: { readonly kind: 'synthetic' } | { readonly kind: 'trace'; readonly file: string };
}

export interface LoadResult {
  readonly scheduled: number;
  readonly completed: number;
  readonly errors: number;
  readonly unsent: number;
  readonly latencyNs: EncodedHistogram;
  readonly serviceTimeNs: EncodedHistogram;
  readonly lagNs: EncodedHistogram;
  /** CPU time of the generator process; null where the driver does not tell. */
  readonly cpuUs: number | null;
  /** First error seen, in words, when there was one. */
  readonly firstError: string | null;
}

/** Sends an open-loop load from processes of its own; disposing stops them. */
export interface LoadDriver extends AsyncDisposable {
  readonly name: 'open-loop' | 'k6';
  /** How it is run here, in words for the report. */
  readonly method: string;
  run(plan: LoadPlan, to: Deployment['ingress'], signal: AbortSignal): Promise<LoadResult>;
}
