import { openRun } from '../journal/owned-run.ts';
import { buildK6 } from './build-k6.ts';
import { fetchEnvoy } from './fetch-envoy.ts';
import { findTools } from './find-tools.ts';
import { type Host, thisHost } from './host.ts';
import { installRedis } from './install-redis.ts';
import { TOOL_KINDS, type ToolName, type ToolReport, type ToolReports } from './tool.ts';
import type { Workshop } from './workshop.ts';

export interface SetUpOptions {
  readonly projectFolder: string;
  /** What is brought when it is missing. */
  readonly wanted: readonly ToolName[];
  /** Told in words what is about to be done, before it is done. */
  readonly onStep: (step: string) => void;
  readonly host?: Host;
}

/**
 * Brings what is missing, and answers what there is afterwards. A tool that could not be brought is in the answer
 * as missing, with the reason; only the caller knows whether it can go on without.
 */
export async function setUp(options: SetUpOptions): Promise<ToolReports> {
  const { projectFolder, onStep, host = thisHost } = options;
  using run = openRun(projectFolder, `setup-${process.pid}`);
  const workshop: Workshop = { projectFolder, run, host, onStep };
  const before = await findTools(projectFolder, host);
  const failures = new Map<ToolReport['tool'], string>();
  const bring = async (report: ToolReport, install: () => Promise<string | null>): Promise<void> => {
    if (!options.wanted.includes(report.tool)) return;
    if (report.state === 'found') return onStep(`${report.tool}: ${report.version} at ${report.path}`);
    // What is named goes before whatever would be brought.
    if (host.env[TOOL_KINDS[report.tool].variable]) return onStep(`${report.tool}: ${report.why}`);
    const failure = await install();
    if (failure !== null) failures.set(report.tool, failure);
  };
  await bring(before.redis, () => installRedis(workshop));
  await bring(before.envoy, () => fetchEnvoy(workshop));
  await bring(before.k6, () => buildK6(workshop));

  const after = await findTools(projectFolder, host);
  const withReason = (report: ToolReport): ToolReport => {
    const failure = failures.get(report.tool);
    return report.state === 'found' || failure === undefined ? report : { ...report, why: failure };
  };
  return { redis: withReason(after.redis), envoy: withReason(after.envoy), k6: withReason(after.k6) };
}
