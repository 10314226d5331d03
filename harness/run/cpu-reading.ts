import type { Micros, Ratio } from 'l1-cache';
import { readCpuTicks } from '../machine/fitness.ts';
import { type CpuTicks, othersRatio } from '../machine/proc-stat.ts';
import type { Deployment } from '../targets/target.ts';

/** CPU time used so far: by the parts of the mesh, by all that the run started and this process, by the machine. */
export interface CpuReading {
  readonly parts: Awaited<ReturnType<Deployment['cpu']>>;
  readonly oursUs: Micros;
  readonly machine: CpuTicks | null;
}

export async function readCpu(deployment: Pick<Deployment, 'cpu'>): Promise<CpuReading> {
  const [parts, machine] = await Promise.all([deployment.cpu(), readCpuTicks()]);
  const { user, system } = process.cpuUsage();
  return { parts, oursUs: parts.allUs + user + system, machine };
}

/**
 * Share of the machine's CPU time between two readings that programs outside the run took; the driver, a process of its
 * own, tells what it used. Null where the kernel or the driver does not tell.
 */
export function othersCpuRatio(before: CpuReading, after: CpuReading, driverUs: Micros | null): Ratio | null {
  if (before.machine === null || after.machine === null || driverUs === null) return null;
  return othersRatio(before.machine, after.machine, after.oursUs - before.oursUs + driverUs);
}
