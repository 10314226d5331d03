import { access, constants, stat } from 'node:fs/promises';
import { delimiter, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { execa } from 'execa';

/** How a command ended. */
export interface CommandResult {
  readonly ok: boolean;
  /** Standard output, then standard error. */
  readonly output: string;
}

/** The machine as the search for tools and their installation see it. */
export interface Host {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isRoot: boolean;
  /** Runs a command to its end; never rejects, a command that is not there is one that failed. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<CommandResult>;
  isExecutable(path: string): Promise<boolean>;
  /** Whether a Docker daemon answers. */
  hasDocker(): Promise<boolean>;
  /** Copies one file out of an image, fetched through the Docker daemon, into a folder. */
  copyFromImage(image: string, file: string, folder: string): Promise<void>;
}

interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** This machine. */
export const thisHost: Host = {
  platform: process.platform,
  env: process.env,
  isRoot: process.getuid?.() === 0,
  async run(command, args, options = {}) {
    // Standard input stays the terminal's, so that sudo can ask for a password.
    const result = await execa(command, [...args], {
      ...options,
      reject: false,
      all: true,
      stdin: 'inherit',
    });
    const output = String(result.all ?? '');
    return { ok: !result.failed, output: output === '' ? (result.message ?? '') : output };
  },
  async isExecutable(path) {
    try {
      await access(path, constants.X_OK);
      // A folder that may be entered is no program.
      return (await stat(path)).isFile();
    } catch {
      return false;
    }
  },
  async hasDocker() {
    // Loaded late: it takes half a second, and only the set-up of a machine without Redis needs it.
    const { getContainerRuntimeClient } = await import('testcontainers');
    try {
      await getContainerRuntimeClient();
      return true;
    } catch {
      return false;
    }
  },
  async copyFromImage(image, file, folder) {
    const { GenericContainer } = await import('testcontainers');
    await using container = await new GenericContainer(image).withCommand(['sleep', '60']).start();
    const archive = await container.copyArchiveFromContainer(file);
    await execa('tar', ['--extract', '--directory', folder], { input: Readable.from(archive) });
  },
};

/** The whole path of a command in PATH, or null. */
export async function findInPath(host: Host, name: string): Promise<string | null> {
  for (const folder of (host.env.PATH ?? '').split(delimiter)) {
    const path = resolve(folder, name);
    if (folder !== '' && (await host.isExecutable(path))) return path;
  }
  return null;
}
