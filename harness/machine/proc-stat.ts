import type { Micros, Ratio } from 'l1-cache';

/** Linux fixes the unit for user space at 1/100 s, whatever the kernel was built with. */
export const US_PER_TICK: Micros = 10_000;

/** CPU time counters of the whole machine since boot, in clock ticks. */
export interface CpuTicks {
  readonly steal: number;
  /** Spent on any work. */
  readonly busy: number;
  /** All states together: user, nice, system, idle, iowait, irq, softirq, steal. */
  readonly total: number;
}

/** Reads the first line of `/proc/stat`; null when it has no steal column. */
export function parseCpuTicks(stat: string): CpuTicks | null {
  const ticks = /^cpu +(.+)$/m.exec(stat)?.[1]?.split(' ').map(Number);
  const steal = ticks?.[7];
  if (ticks === undefined || steal === undefined) return null;
  // Guest time, the columns after steal, is already part of user and nice.
  const total = ticks.slice(0, 8).reduce((sum, part) => sum + part, 0);
  return { steal, busy: total - ticks[3]! - ticks[4]! - steal, total };
}

/** Share of CPU time that the hypervisor took between two readings; 0 when no time passed. */
export function stealRatio(before: CpuTicks, after: CpuTicks): Ratio {
  const total = after.total - before.total;
  return total === 0 ? 0 : (after.steal - before.steal) / total;
}

/**
 * Share of CPU time between two readings that went to work other than ours. Ticks are sampled and what processes used is
 * not, hence 0 where ours would be more than all.
 */
export function othersRatio(before: CpuTicks, after: CpuTicks, oursUs: Micros): Ratio {
  const total = after.total - before.total;
  return total === 0 ? 0 : Math.max(0, (after.busy - before.busy - oursUs / US_PER_TICK) / total);
}

/** Reads `some avg10` of `/proc/pressure/cpu`, in percent there; null when the text has none. */
export function parseCpuPressure(pressure: string): Ratio | null {
  const percent = /^some avg10=([\d.]+)/m.exec(pressure)?.[1];
  return percent === undefined ? null : Number(percent) / 100;
}
