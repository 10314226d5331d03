import type { Arrival } from '../../scenarios/workload/arrival.ts';
import { arrivals } from '../../scenarios/workload/arrivals.ts';
import { readTrace } from '../../scenarios/workload/trace-file.ts';
import { createTraceKeys } from '../../scenarios/workload/trace-keys.ts';
import type { LoadPlan } from './driver.ts';

/** A trace is read once a process: the large ones take half a second. */
const traces = new Map<string, ReturnType<typeof readTrace>>();

/** The arrivals of one block, lazily, with the keys of its workload. Rejects with an `InputError` for a bad trace. */
export async function arrivalsOf(plan: LoadPlan): Promise<Iterable<Arrival>> {
  if (plan.workload.kind === 'synthetic') return arrivals(plan);
  const { file } = plan.workload;
  const trace = traces.get(file) ?? readTrace(file);
  traces.set(file, trace);
  return arrivals(plan, createTraceKeys(await trace, plan));
}
