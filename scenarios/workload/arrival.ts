import type { Micros } from 'l1-cache';

/** One inbound request as the schedule has it: when, what, and which keys. */
export interface Arrival {
  /** Offset from the start of the block at which the request is due. */
  readonly dueUs: Micros;
  /** Index into `Topology.requestTypes`. */
  readonly requestType: number;
  /** Key numbers of the reads that have no `after`, in step order. */
  readonly keys: readonly number[];
}
