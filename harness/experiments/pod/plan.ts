import type { Bytes, Count, Millis, Ratio } from 'l1-cache';

/** How a pod begins: with a full cache as its peers, with nothing, or warmed in one of three ways. */
type Start = 'filled' | 'empty' | 'snapshot' | 'warm-while-serving' | 'warm-before-ready';

/** What one pod of an experiment is told when it starts. */
export interface PodPlan {
  readonly name: string;
  /** All pods of the service, this one included. */
  readonly members: readonly string[];
  /** Where the fleet talks; null: the pod is alone. */
  readonly bus: { readonly host: string; readonly port: number } | null;
  /** The fleet's secret, in base64. */
  readonly secret: string;
  readonly prediction: 'on' | 'off';
  readonly start: Start;
  /** A snapshot is restored from here, or written here at the end. */
  readonly snapshotFile: string | null;
  readonly seed: number;
  readonly requestsPerSecond: number;
  readonly users: Count;
  readonly zipfExponent: Ratio;
  readonly budgetBytes: Bytes;
  readonly originMs: Millis;
  /** How long it serves, and when in it the most read users are replaced by others; null: never. */
  readonly serveMs: Millis;
  readonly shift: { readonly atMs: Millis; readonly users: Count } | null;
}

/** One second of a pod's service. */
export interface Second {
  readonly reads: Count;
  readonly hits: Count;
  /** All reads of the second together. */
  readonly waitedMs: Millis;
  readonly slowestMs: Millis;
  /** Fetches from the origin, for reads and ahead of them. */
  readonly fetches: Count;
}

/** What a pod says: that it serves, and at the end what it served. */
export type FromPod =
  | { readonly kind: 'serving'; readonly heldBackMs: Millis }
  | {
      readonly kind: 'served';
      readonly seconds: readonly Second[];
      readonly prefetches: {
        readonly fetched: Count;
        readonly timely: Count;
        readonly late: Count;
        readonly unused: Count;
      } | null;
      readonly profileReads: { readonly prefetched: Count; readonly missed: Count };
      /** CPU time of the process while it served. */
      readonly cpuMs: Millis;
      readonly bus: { readonly sentBytes: Bytes; readonly receivedBytes: Bytes } | null;
    };
