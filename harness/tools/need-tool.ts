import { BenchError, EXIT } from '../errors.ts';
import type { ToolReport } from './tool.ts';

/**
 * The tool when it was found.
 * @throws {BenchError} `REDIS_TOO_OLD`, `REDIS_MISSING`, and the same of envoy and k6.
 */
export function needTool(report: ToolReport): Extract<ToolReport, { state: 'found' }> {
  if (report.state === 'found') return report;
  const suffix = report.state === 'too-old' ? 'TOO_OLD' : 'MISSING';
  throw new BenchError(`${report.tool.toUpperCase()}_${suffix}`, report.why, {
    hint: report.howToGet,
    exitCode: EXIT.environment,
  });
}
