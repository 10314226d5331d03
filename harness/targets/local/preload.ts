import { join } from 'node:path';
import { scenarioOf } from '../../../scenarios/catalogue.ts';
import type { OwnedRun } from '../../journal/owned-run.ts';
import { PROJECT_FOLDER } from '../../project.ts';
import type { DeployPlan } from '../target.ts';
import { bundlePreload } from './preload-bundle.ts';

/** Every read of the mesh, for as long as its owner's headers say. */
const ALLOWED = { http: [{ host: '*.mesh', path: '/data/*/*', ttlMs: 'http' }] };

/** What the environment of a pod gets more, and nothing else changes. */
export type PreloadEnv = (service: number) => Readonly<Record<string, string>>;

/** Bundles the file that NODE_OPTIONS loads into unchanged programs. */
export async function preloadEnv(
  run: OwnedRun,
  plan: Pick<DeployPlan, 'runId' | 'budgetBytes'>,
): Promise<PreloadEnv> {
  const options = await bundlePreload(PROJECT_FOLDER, join(run.folder, 'preload'));
  return (service) => ({
    NODE_OPTIONS: options,
    L1_MODE: 'on',
    L1_BUDGET_BYTES: String(plan.budgetBytes),
    L1_CONFIG: JSON.stringify(ALLOWED),
    L1_POD: `${plan.runId}-${service}`,
    // With the run's files, so that nothing of a killed pod stays.
    L1_SHARE_DIR: run.folder,
  });
}

export function needsPreload(scenarios: readonly string[]): boolean {
  return scenarios.some((name) => scenarioOf(name).needs === 'preload');
}
