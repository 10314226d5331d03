import { availableParallelism } from 'node:os';
import type { Bytes, Micros, Millis, Nanos, Ratio } from 'l1-cache';
import { readCgroupLimits, readOrNull } from './cgroup.ts';
import { measureIntrinsicLatency } from './intrinsic-latency.ts';
import { type CpuTicks, parseCpuPressure, parseCpuTicks, stealRatio } from './proc-stat.ts';
import { measureTimerCost } from './timer-cost.ts';

/** How fit this machine is for measuring. */
export interface Fitness {
  /** Processors that this process may use. */
  readonly cores: number;
  /** Processors' worth of time that the cgroup allows; null for no limit. */
  readonly cgroupCpuLimit: number | null;
  readonly cgroupMemoryLimitBytes: Bytes | null;
  /** Share of CPU time the hypervisor took during the probe; null where the kernel does not tell. */
  readonly stealRatio: Ratio | null;
  /** Share of the last 10 s in which some task waited for a processor; null where the kernel does not tell. */
  readonly cpuPressureRatio: Ratio | null;
  /** What reading the clock costs. */
  readonly timerCostNs: Nanos;
  /** The longest that a loop of clock readings was kept from running. */
  readonly intrinsicLatencyMaxUs: Micros;
  /** What a user should know before trusting figures from this machine; empty when it is fit. */
  readonly warnings: readonly string[];
}

/** The length of the intrinsic-latency probe. */
const PROBE_MS: Millis = 2_000;

const STEAL_WARNING: Ratio = 0.02;
const PRESSURE_WARNING: Ratio = 0.25;
const INTRINSIC_WARNING_US: Micros = 20_000;

/** Probes the machine; takes as long as the probe, in a process that does nothing else. */
export async function probeFitness(probeMs: Millis = PROBE_MS): Promise<Fitness> {
  const [limits, pressure, before] = await Promise.all([readCgroupLimits(), readPressure(), readCpuTicks()]);
  const timerCostNs = measureTimerCost();
  const intrinsicLatencyMaxUs = await measureIntrinsicLatency(probeMs);
  const after = await readCpuTicks();
  const measured = {
    cores: availableParallelism(),
    cgroupCpuLimit: limits.cpus,
    cgroupMemoryLimitBytes: limits.memoryBytes,
    stealRatio: before === null || after === null ? null : stealRatio(before, after),
    cpuPressureRatio: pressure,
    timerCostNs,
    intrinsicLatencyMaxUs,
  };
  return { ...measured, warnings: warningsOf(measured) };
}

/** CPU time counters to compare with later ones; null where the kernel does not tell. */
export async function readCpuTicks(): Promise<CpuTicks | null> {
  const stat = await readOrNull('/proc/stat');
  return stat === null ? null : parseCpuTicks(stat);
}

/** What speaks against the machine, in words. */
export function warningsOf(fitness: Omit<Fitness, 'warnings'>): readonly string[] {
  const warnings: string[] = [];
  const percent = (ratio: Ratio): string => `${(ratio * 100).toFixed(0)} %`;
  if (fitness.cores < 2) {
    warnings.push('Only one processor: the load generator takes turns with what it measures.');
  }
  if (fitness.cgroupCpuLimit !== null && fitness.cgroupCpuLimit < fitness.cores) {
    warnings.push(
      `The container may use ${fitness.cgroupCpuLimit} of ${fitness.cores} processors and is throttled above.`,
    );
  }
  if ((fitness.stealRatio ?? 0) > STEAL_WARNING) {
    warnings.push(`The hypervisor took ${percent(fitness.stealRatio ?? 0)} of the CPU time.`);
  }
  if ((fitness.cpuPressureRatio ?? 0) > PRESSURE_WARNING) {
    warnings.push(
      `Something else is using this machine: tasks waited for a processor ${percent(fitness.cpuPressureRatio ?? 0)} of the last 10 s.`,
    );
  }
  if (fitness.intrinsicLatencyMaxUs > INTRINSIC_WARNING_US) {
    warnings.push(
      `A loop was kept from running for ${(fitness.intrinsicLatencyMaxUs / 1000).toFixed(0)} ms: tail latencies will show it.`,
    );
  }
  return warnings;
}

async function readPressure(): Promise<Ratio | null> {
  const pressure = await readOrNull('/proc/pressure/cpu');
  return pressure === null ? null : parseCpuPressure(pressure);
}
