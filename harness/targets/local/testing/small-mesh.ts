import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildTopology } from '../../../../scenarios/topology/build.ts';
import { type OwnedRun, openRun } from '../../../journal/owned-run.ts';
import { PROJECT_FOLDER } from '../../../project.ts';
import { findTools } from '../../../tools/find-tools.ts';
import type { Deployment, DeployPlan, Mesh } from '../../target.ts';
import { NETWORKS } from '../endpoints.ts';
import { firstNetworkOf } from '../free-network.ts';
import { localTarget } from '../local-target.ts';

const PROJECT = fileURLToPath(new URL('../../../..', import.meta.url));
export const STUB_SERVICE = fileURLToPath(new URL('./stub-service.ts', import.meta.url));

/** The tools of this machine, as a user has them; null where there is none. */
export async function executables(): Promise<{
  readonly redis: string | null;
  readonly envoy: string | null;
}> {
  const { redis, envoy } = await findTools(PROJECT);
  const pathOf = (report: typeof redis): string | null => (report.state === 'found' ? report.path : null);
  return { redis: pathOf(redis), envoy: pathOf(envoy) };
}

/** The network that only the tests of cleaning use: they look at its ports when nothing should be there. */
export const NETWORK_OF_CLEANING = NETWORKS - 1;

/** The first of `name-0`, `name-1`, … that looks for its ports on a wanted network. */
export function runIdOn(isWanted: (network: number) => boolean, name: string): string {
  for (let attempt = 0; ; attempt++) {
    if (isWanted(firstNetworkOf(`${name}-${attempt}`))) return `${name}-${attempt}`;
  }
}

/** A run in a project folder of its own, which goes with it. */
export function temporaryRun(): OwnedRun {
  const project = mkdtempSync(join(tmpdir(), 'l1bench-test-'));
  const name = `test-${process.pid}-${project.slice(-6)}`;
  const run = openRun(
    project,
    runIdOn((network) => network < NETWORK_OF_CLEANING, name),
  );
  return { ...run, [Symbol.dispose]: () => rmSync(project, { recursive: true, force: true }) };
}

export function planOf(run: OwnedRun, services: number, mesh: Mesh): DeployPlan {
  return {
    runId: run.runId,
    topology: buildTopology({ services, seed: 1, fanOutMean: 3, fanOutDistribution: 'constant' }),
    seed: 1,
    fanOut: 'parallel',
    budgetBytes: 8 * 1024 * 1024,
    epochMs: 0,
    timeScale: 1,
    mesh,
  };
}

/** Stands up a mesh of stub services. */
export async function deployStubs(
  run: OwnedRun,
  tools: { readonly redis: string; readonly envoy: string | null },
  services = 8,
): Promise<Deployment> {
  const target = localTarget({
    run,
    redisExecutable: tools.redis,
    envoyExecutable: tools.envoy,
    service: { sources: PROJECT_FOLDER, program: STUB_SERVICE },
  });
  return target.deploy(planOf(run, services, tools.envoy === null ? 'none' : 'envoy'));
}
