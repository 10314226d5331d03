import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { BenchError, EXIT } from '../errors.ts';
import { describeEnvironment } from '../machine/environment.ts';
import { probeFitness } from '../machine/fitness.ts';
import { PROJECT_FOLDER } from '../project.ts';
import type { Mesh } from '../targets/target.ts';
import { findTools } from '../tools/find-tools.ts';
import { needTool } from '../tools/need-tool.ts';
import { setUp } from '../tools/set-up.ts';
import type { ToolReport, ToolReports } from '../tools/tool.ts';
import type { RunRequest, Surroundings } from './execute.ts';

/**
 * Finds what a run needs, brings what is missing and can be brought, and probes the machine. What the reader must
 * know before anything else (no mesh, a busy machine) is said first.
 *
 * @throws {BenchError} `REDIS_MISSING`, `REDIS_TOO_OLD`, `ENVOY_MISSING` when it was asked for by name, `K6_MISSING`.
 */
export async function survey(
  asked: Pick<RunRequest, 'mesh' | 'driver'>,
  say: (line: string) => void,
): Promise<Surroundings> {
  const tools = await toolsFor(asked, say);
  needTool(tools.redis);
  if (asked.driver === 'k6') needTool(tools.k6);
  const { mesh, meshReason } = meshOf(asked.mesh, tools.envoy);
  say(`mesh: ${mesh} (${meshReason})`);
  const fitness = await probeFitness();
  for (const warning of fitness.warnings) say(`machine: ${warning}`);
  const environment = describeEnvironment({
    fitness,
    tools,
    mesh,
    meshReason,
    l1benchVersion: await ownVersion(),
    commit: await commitOf(PROJECT_FOLDER),
  });
  return { projectFolder: PROJECT_FOLDER, tools, mesh, environment };
}

/** Looks first; sets up only what this run would use and is missing. */
async function toolsFor(asked: Pick<RunRequest, 'mesh'>, say: (line: string) => void): Promise<ToolReports> {
  const found = await findTools(PROJECT_FOLDER);
  const wanted = (['redis', 'envoy'] as const).filter((tool) => tool === 'redis' || asked.mesh !== 'none');
  if (wanted.every((tool) => found[tool].state === 'found')) return found;
  return setUp({ projectFolder: PROJECT_FOLDER, wanted, onStep: say });
}

function meshOf(asked: Mesh | 'auto', envoy: ToolReport): { mesh: Mesh; meshReason: string } {
  if (asked === 'none') return { mesh: 'none', meshReason: 'as asked: no sidecar, no mutual TLS' };
  if (envoy.state === 'found') {
    return {
      mesh: 'envoy',
      meshReason: `Envoy ${envoy.version} beside every service, mutual TLS between them`,
    };
  }
  if (asked === 'auto') return { mesh: 'none', meshReason: `no Envoy here: ${envoy.why}` };
  throw new BenchError('ENVOY_MISSING', `--mesh envoy needs an Envoy. ${envoy.why}`, {
    hint: envoy.howToGet,
    exitCode: EXIT.environment,
  });
}

async function ownVersion(): Promise<string> {
  const text = await readFile(join(PROJECT_FOLDER, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The commit the checkout is at, with `+changes` when files differ from it; null outside a repository. */
async function commitOf(folder: string): Promise<string | null> {
  const git = (...args: string[]) => execa('git', args, { cwd: folder, reject: false });
  const head = await git('rev-parse', '--short', 'HEAD');
  if (head.failed) return null;
  const changes = await git('status', '--porcelain', '--untracked-files=no');
  return changes.stdout === '' ? head.stdout : `${head.stdout}+changes`;
}
