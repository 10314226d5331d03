import type { Result } from '../../reports/schema.ts';
import { scenarioOf } from '../../scenarios/catalogue.ts';
import { BenchError, EXIT } from '../errors.ts';
import type { ToolReport } from '../tools/tool.ts';
import type { RunRequest, Surroundings } from './execute.ts';

/**
 * The scenarios of a request that can run here: what lives in a proxy needs one. `all` means all that can, and what
 * cannot is answered with the reason; a scenario asked for by name is not left out.
 *
 * @throws {BenchError} `ENVOY_MISSING` for one asked for by name.
 */
export function runnableScenarios(
  { scenarios, asked }: Pick<RunRequest, 'scenarios' | 'asked'>,
  { mesh, tools }: Pick<Surroundings, 'mesh' | 'tools'>,
): { readonly scenarios: RunRequest['scenarios']; readonly leftOut: Result['leftOut'] } {
  const isImpossible = ({ name }: { readonly name: string }): boolean =>
    mesh === 'none' && scenarioOf(name).needs === 'pod-proxy-cache';
  const impossible = scenarios.filter(isImpossible);
  if (impossible.length === 0) return { scenarios, leftOut: [] };
  const hint = howToGetAMesh(tools.envoy);
  if (asked === 'by-name') {
    const names = impossible.map(({ name }) => name).join(', ');
    throw new BenchError(
      'ENVOY_MISSING',
      `${names} is a part of Envoy, and this run has no mesh of Envoys.`,
      {
        hint,
        exitCode: EXIT.environment,
      },
    );
  }
  return {
    scenarios: scenarios.filter((scenario) => !isImpossible(scenario)),
    leftOut: impossible.map(({ name }) => ({
      scenario: name,
      why: `it is a part of Envoy, and this run has no mesh of Envoys. ${hint}`,
    })),
  };
}

function howToGetAMesh(envoy: ToolReport): string {
  return envoy.state === 'found' ? 'Run with --mesh envoy.' : envoy.howToGet;
}
