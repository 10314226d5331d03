import { number, percent } from '../format.ts';
import type { Environment } from '../schema.ts';

/**
 * Beyond these the machine decides, not the code. Wider than what `doctor` warns from: noise that spoils a single run falls on
 * both sides of a pair, and a control that differs makes the gate INCONCLUSIVE by itself.
 */
const MACHINE_LIMITS = {
  stealRatio: 0.05,
  cpuPressureRatio: 0.6,
  intrinsicLatencyMaxUs: 100_000,
} as const;

/** Why a machine is unfit to judge a change, in words; empty when it is fit. What the kernel does not tell is no reason. */
export function unfitness(environment: Environment): string[] {
  const { stealRatio, cpuPressureRatio, intrinsicLatencyMaxUs } = environment;
  return [
    ...(stealRatio !== null && stealRatio > MACHINE_LIMITS.stealRatio
      ? [
          `the hypervisor took ${percent(stealRatio)} of the CPU (limit ${percent(MACHINE_LIMITS.stealRatio)})`,
        ]
      : []),
    ...(cpuPressureRatio !== null && cpuPressureRatio > MACHINE_LIMITS.cpuPressureRatio
      ? [
          `tasks waited for a CPU ${percent(cpuPressureRatio)} of the time before the run (limit ${percent(MACHINE_LIMITS.cpuPressureRatio)})`,
        ]
      : []),
    ...(intrinsicLatencyMaxUs > MACHINE_LIMITS.intrinsicLatencyMaxUs
      ? [
          `an idle loop was held up ${number(intrinsicLatencyMaxUs / 1000)} ms (limit ${MACHINE_LIMITS.intrinsicLatencyMaxUs / 1000} ms)`,
        ]
      : []),
  ];
}
