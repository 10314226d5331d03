import type { Ratio } from 'l1-cache';

/** CPU time counters of the whole machine since boot, in clock ticks. */
export interface StealTicks {
  readonly steal: number;
  /** All states together: user, nice, system, idle, iowait, irq, softirq, steal. */
  readonly total: number;
}

/** Reads the first line of `/proc/stat`; null when it has no steal column. */
export function parseStealTicks(stat: string): StealTicks | null {
  const ticks = /^cpu +(.+)$/m.exec(stat)?.[1]?.split(' ').map(Number);
  const steal = ticks?.[7];
  if (ticks === undefined || steal === undefined) return null;
  // Guest time, the columns after steal, is already part of user and nice.
  return { steal, total: ticks.slice(0, 8).reduce((sum, part) => sum + part, 0) };
}

/** Share of CPU time that the hypervisor took between two readings; 0 when no time passed. */
export function stealRatio(before: StealTicks, after: StealTicks): Ratio {
  const total = after.total - before.total;
  return total === 0 ? 0 : (after.steal - before.steal) / total;
}

/** Reads `some avg10` of `/proc/pressure/cpu`, in percent there; null when the text has none. */
export function parseCpuPressure(pressure: string): Ratio | null {
  const percent = /^some avg10=([\d.]+)/m.exec(pressure)?.[1];
  return percent === undefined ? null : Number(percent) / 100;
}
