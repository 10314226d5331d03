import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findInPath } from './host.ts';
import { lastLine } from './package-manager.ts';
import { K6_VERSION, TOOL_KINDS } from './tool.ts';
import { placeOf, type Workshop, workFolder } from './workshop.ts';

const MODULE = 'go.k6.io/k6/v2';

/**
 * Builds k6 with Go into the project's tools folder; takes minutes. Answers null, or why it did not work.
 * It builds from a module of its own because `go install …@version` also asks for the latest version's deprecation
 * notice, which fails where only a module proxy is reachable.
 */
export async function buildK6(workshop: Workshop): Promise<string | null> {
  const { run, host, onStep } = workshop;
  if ((await findInPath(host, 'go')) === null) return 'k6 is built with Go, which is not in PATH.';
  const cwd = workFolder(workshop);
  const built = join(cwd, 'k6');
  const env = { ...run.env, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' };
  const go = (...args: readonly string[]) => host.run('nice', ['-n', '10', 'go', ...args], { cwd, env });

  await writeFile(join(cwd, 'go.mod'), 'module l1bench.local/k6\n\ngo 1.24\n');
  onStep(`k6: fetching the sources of ${MODULE} v${K6_VERSION}`);
  const fetched = await go('get', `${MODULE}@v${K6_VERSION}`);
  if (!fetched.ok) return `The sources of k6 could not be fetched: ${lastLine(fetched.output)}`;
  onStep('k6: building it with Go, at low priority; this takes some minutes');
  const compiled = await go('build', '-p', '1', '-trimpath', '-o', built, MODULE);
  if (!compiled.ok) return `k6 does not build: ${lastLine(compiled.output)}`;
  const check = await host.run(built, TOOL_KINDS.k6.versionArgs);
  if (!check.ok) return `The built k6 does not run: ${lastLine(check.output)}`;
  await rename(built, placeOf(workshop, TOOL_KINDS.k6));
  return null;
}
