import type { RequestType } from '../topology/topology.ts';
import type { ArrivalPlan, KeySource } from './arrivals.ts';
import type { Trace } from './trace-format.ts';

/**
 * Keys of a real trace. The trace is cut into one contiguous part for every read of every request type, as long
 * as that read's share of all reads, and each read walks its own part in order: neighbours in the trace stay
 * neighbours in the pod, and the same trace key is the same cache key. Block `stream` goes on where block
 * `stream − 1` is expected to have ended; at the end of a part it starts over.
 */
export function createTraceKeys(trace: Trace, plan: ArrivalPlan): KeySource {
  const { requestTypes } = plan.topology;
  const weight = requestTypes.reduce((sum, type) => sum + type.weight, 0);
  const reads = requestTypes.reduce((sum, type) => sum + type.weight * ownReads(type).length, 0);
  const requests = (plan.ratePerSecond * plan.durationMs) / 1000;
  const walks = new Map<RequestType['reads'][number], Walk>();
  let readsBefore = 0;
  for (const type of requestTypes) {
    const readsOfBlock = (requests * type.weight) / weight;
    for (const step of ownReads(type)) {
      const start = Math.min(Math.floor((readsBefore / reads) * trace.ids.length), trace.ids.length - 1);
      readsBefore += type.weight;
      const end = Math.max(start + 1, Math.floor((readsBefore / reads) * trace.ids.length));
      const length = Math.min(end, trace.ids.length) - start;
      walks.set(step, { start, length, at: Math.floor(plan.stream * readsOfBlock) % length });
    }
  }
  return {
    next: (_type, step) => {
      const walk = walks.get(step) as Walk;
      const id = trace.ids[walk.start + walk.at] as number;
      walk.at = (walk.at + 1) % walk.length;
      return id;
    },
  };
}

interface Walk {
  readonly start: number;
  readonly length: number;
  at: number;
}

function ownReads(type: RequestType): RequestType['reads'] {
  return type.reads.filter((step) => step.after === null);
}
