import { join, resolve } from 'node:path';
import { findInPath, type Host, thisHost } from './host.ts';
import { TOOL_KINDS, type ToolKind, type ToolReport, type ToolReports, type ToolSource } from './tool.ts';

/** Where the project keeps the tools it fetched. */
export function toolsFolderOf(projectFolder: string): string {
  return join(projectFolder, '.l1bench', 'tools');
}

/**
 * Looks for every tool: the variable of the environment, then PATH, then the project's own folder. A variable that
 * names something that does not run is not passed over but reported.
 */
export async function findTools(projectFolder: string, host: Host = thisHost): Promise<ToolReports> {
  const [redis, envoy, k6] = await Promise.all([
    findTool(TOOL_KINDS.redis, projectFolder, host),
    findTool(TOOL_KINDS.envoy, projectFolder, host),
    findTool(TOOL_KINDS.k6, projectFolder, host),
  ]);
  return { redis, envoy, k6 };
}

/** Looks for one tool as an executable. */
async function findTool(kind: ToolKind, projectFolder: string, host: Host): Promise<ToolReport> {
  const named = host.env[kind.variable];
  if (named !== undefined && named !== '') {
    return (
      // Pods start in a folder of the run's, where a path from here would lead nowhere.
      (await look(kind, resolve(named), 'environment', host)) ??
      missing(
        { ...kind, howToGet: `Correct ${kind.variable}, or unset it.` },
        `${kind.variable} is ${named}, which does not run or does not tell its version.`,
      )
    );
  }
  const inPath = await findInPath(host, kind.executable);
  const found = inPath === null ? null : await look(kind, inPath, 'path', host);
  if (found?.state === 'found') return found;
  const copy = await look(kind, join(toolsFolderOf(projectFolder), kind.ownCopy), 'project', host);
  return copy ?? found ?? missing(kind, `No ${kind.executable} in PATH, and ${kind.variable} is not set.`);
}

async function look(
  kind: ToolKind,
  path: string,
  source: ToolSource,
  host: Host,
): Promise<ToolReport | null> {
  if (!(await host.isExecutable(path))) return null;
  const { ok, output } = await host.run(path, kind.versionArgs);
  const version = ok ? kind.versionPattern.exec(output)?.[1] : undefined;
  if (version === undefined) return null;
  const { major, minor } = kind.minimum;
  if (!isAtLeast(version, kind.minimum)) {
    return {
      state: 'too-old',
      tool: kind.tool,
      why: `${path} is version ${version}; ${major}.${minor} or newer is needed.`,
      howToGet: kind.howToGet,
    };
  }
  return { state: 'found', tool: kind.tool, version, source, path };
}

function missing({ tool, howToGet }: ToolKind, why: string): ToolReport {
  return { state: 'missing', tool, why, howToGet };
}

function isAtLeast(version: string, minimum: ToolKind['minimum']): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > minimum.major || (major === minimum.major && minor >= minimum.minor);
}
