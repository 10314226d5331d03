import type { Arrival } from '../../scenarios/workload/arrival.ts';
import { arrivals } from '../../scenarios/workload/arrivals.ts';
import { readTrace } from '../../scenarios/workload/trace-file.ts';
import { createTraceKeys } from '../../scenarios/workload/trace-keys.ts';
import type { LoadPlan } from './driver.ts';

/** A trace is read once a process: the large ones take half a second. */
const traces = new Map<string, ReturnType<typeof readTrace>>();

/** The arrivals of one block, lazily, with the keys of its workload. Rejects with an `InputError` for a bad trace. */
export async function arrivalsOf(plan: LoadPlan): Promise<Iterable<Arrival>> {
  const trace = await traceOf(plan.workload);
  return trace === null ? arrivals(plan) : arrivals(plan, createTraceKeys(trace, plan));
}

/** The trace of a workload, null where it has none. Rejects with an `InputError` for a bad one. */
export async function traceOf(workload: LoadPlan['workload']) {
  if (workload.kind === 'synthetic') return null;
  const trace = traces.get(workload.file) ?? readTrace(workload.file);
  traces.set(workload.file, trace);
  return await trace;
}
