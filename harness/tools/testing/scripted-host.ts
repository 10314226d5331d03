import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CommandResult, Host } from '../host.ts';

/** What a command of the scripted machine does: its output, or that it fails with a last line. */
type Answer = string | { readonly fails: string } | (() => CommandResult | string);

export interface Script {
  /** Executables by path; what each prints when asked for its version, or does otherwise. */
  readonly programs: Record<string, Answer>;
  readonly env?: Readonly<Record<string, string>>;
  readonly platform?: NodeJS.Platform;
  readonly isRoot?: boolean;
  /** What a program taken from an image does; undefined for no Docker daemon. */
  readonly docker?: Answer;
}

export interface ScriptedHost extends Host {
  /** The command lines that ran, in order. */
  readonly ran: readonly string[];
}

/** A machine that is what the script says. Programs can be added while it runs, as an installation would. */
export function scriptedHost(script: Script): ScriptedHost {
  const ran: string[] = [];
  const programOf = (command: string): Answer | undefined =>
    script.programs[command] ??
    Object.entries(script.programs).find(([path]) => basename(path) === command)?.[1];
  return {
    ran,
    platform: script.platform ?? 'linux',
    env: { PATH: '/usr/bin:/usr/local/bin', ...script.env },
    isRoot: script.isRoot ?? true,
    async run(command, args) {
      ran.push([command, ...args].join(' '));
      const answer = programOf(command === 'sudo' || command === 'nice' ? nestedCommand(args) : command);
      if (answer === undefined) return { ok: false, output: `${command}: not found` };
      const given = typeof answer === 'function' ? answer() : answer;
      if (typeof given === 'string') return { ok: true, output: given };
      return 'fails' in given ? { ok: false, output: given.fails } : given;
    },
    isExecutable: async (path) => path in script.programs,
    hasDocker: async () => script.docker !== undefined,
    copyFromImage: async (image, file, folder) => {
      ran.push(`copy ${file} from ${image}`);
      if (script.docker === undefined) throw new Error('no Docker daemon');
      const copy = join(folder, basename(file));
      writeFileSync(copy, '');
      script.programs[copy] = script.docker;
    },
  };
}

/** The command behind `sudo` or `nice -n 10`. */
function nestedCommand(args: readonly string[]): string {
  return args[args[0] === '-n' ? 2 : 0] ?? '';
}
