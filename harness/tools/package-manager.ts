import { findInPath, type Host } from './host.ts';

/** Commands that install one package. */
type Commands = (name: string) => readonly (readonly string[])[];

const MANAGERS: Readonly<Record<'apt-get' | 'dnf' | 'brew', Commands>> = {
  'apt-get': (name) => [
    ['apt-get', 'update'],
    ['apt-get', 'install', '--yes', '--no-install-recommends', name],
  ],
  dnf: (name) => [['dnf', 'install', '--assumeyes', name]],
  brew: (name) => [['brew', 'install', name]],
};

/** What a package is called by each manager; a manager that does not have it is left out. */
export type PackageNames = Partial<Readonly<Record<keyof typeof MANAGERS, string>>>;

/**
 * Installs a package with the system's package manager, through sudo where that is needed, telling each command
 * before it runs. Answers null, or why it did not work in one sentence.
 */
export async function installPackage(
  host: Host,
  names: PackageNames,
  onStep: (step: string) => void,
): Promise<string | null> {
  for (const manager of ['apt-get', 'dnf', 'brew'] as const) {
    const name = names[manager];
    if (name === undefined || (await findInPath(host, manager)) === null) continue;
    return runAll(host, manager, MANAGERS[manager](name), onStep);
  }
  return `There is no package manager that l1bench knows (${Object.keys(names).join(', ')}).`;
}

async function runAll(
  host: Host,
  manager: keyof typeof MANAGERS,
  commands: readonly (readonly string[])[],
  onStep: (step: string) => void,
): Promise<string | null> {
  // Homebrew refuses to run as root; the others need it.
  const needsSudo = manager !== 'brew' && !host.isRoot;
  if (needsSudo && (await findInPath(host, 'sudo')) === null) {
    return `Installing needs root and there is no sudo; as root run: ${commands.map((words) => words.join(' ')).join(' && ')}`;
  }
  for (const words of commands) {
    const [command = '', ...args] = needsSudo ? ['sudo', ...words] : words;
    const line = [command, ...args].join(' ');
    onStep(`running: ${line}`);
    const { ok, output } = await host.run(command, args, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
    if (!ok) return `"${line}" failed: ${lastLine(output)}`;
  }
  return null;
}

/** The line of a command's output that most likely says what went wrong. */
export function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}
