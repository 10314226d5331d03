import os from 'node:os';
import type { Environment } from '../../reports/schema.ts';
import type { ToolReport, ToolReports } from '../tools/tool.ts';
import type { Fitness } from './fitness.ts';

/** What a report says of the machine and of what ran on it. */
export function describeEnvironment(options: {
  readonly fitness: Fitness;
  readonly tools: ToolReports;
  readonly mesh: Environment['mesh'];
  readonly meshReason: string;
  readonly l1benchVersion: string;
  readonly commit: string | null;
}): Environment {
  const { fitness, tools } = options;
  return {
    os: `${os.type()} ${os.arch()}`,
    kernel: os.release(),
    cpuModel: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: fitness.cores,
    memoryBytes: os.totalmem(),
    cgroupCpuLimit: fitness.cgroupCpuLimit,
    cgroupMemoryLimitBytes: fitness.cgroupMemoryLimitBytes,
    versions: {
      l1bench: options.l1benchVersion,
      commit: options.commit,
      node: process.versions.node,
      redis: versionOf(tools.redis),
      envoy: versionOf(tools.envoy),
      k6: versionOf(tools.k6),
    },
    mesh: options.mesh,
    meshReason: options.meshReason,
    coLocatedLoad: true,
    timerCostNs: fitness.timerCostNs,
    intrinsicLatencyMaxUs: fitness.intrinsicLatencyMaxUs,
    stealRatio: fitness.stealRatio,
    cpuPressureRatio: fitness.cpuPressureRatio,
  };
}

function versionOf(report: ToolReport): string | null {
  return report.state === 'found' ? report.version : null;
}
