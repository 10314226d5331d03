import type { Argv } from 'yargs';
import { EXIT } from '../errors.ts';
import { type Fitness, probeFitness } from '../machine/fitness.ts';
import { PROJECT_FOLDER } from '../project.ts';
import { findTools } from '../tools/find-tools.ts';
import type { ToolReport } from '../tools/tool.ts';

export function doctorCommand(cli: Argv): Argv {
  return cli.command(
    'doctor',
    'List the tools of a run, and say whether this machine is fit to measure on',
    (args) =>
      args
        .option('json', { type: 'boolean', default: false, describe: 'Print everything as one JSON object' })
        .example('$0 doctor', 'Takes two seconds: it watches how long the machine keeps a busy loop waiting'),
    async (args) => {
      const [tools, fitness] = [await findTools(PROJECT_FOLDER), await probeFitness()];
      if (args.json) process.stdout.write(`${JSON.stringify({ tools, fitness })}\n`);
      else
        process.stdout.write(
          `${[...Object.values(tools).map(toolLine), '', ...fitnessLines(fitness)].join('\n')}\n`,
        );
      if (tools.redis.state !== 'found') process.exitCode = EXIT.environment;
    },
  );
}

function toolLine(tool: ToolReport): string {
  const name = tool.tool.padEnd(6);
  if (tool.state === 'found') return `${name} ${tool.version.padEnd(8)} ${tool.path} (${tool.source})`;
  return `${name} ${tool.state.padEnd(8)} ${tool.why}\n       ${tool.howToGet}`;
}

function fitnessLines(fitness: Fitness): string[] {
  const orUnlimited = (value: number | null, unit: string): string =>
    value === null ? 'no limit' : `${value} ${unit}`;
  const percent = (ratio: number | null): string =>
    ratio === null ? 'not told' : `${(ratio * 100).toFixed(1)} %`;
  return [
    `cores              ${fitness.cores}`,
    `cgroup CPU         ${orUnlimited(fitness.cgroupCpuLimit, 'processors')}`,
    `cgroup memory      ${orUnlimited(fitness.cgroupMemoryLimitBytes && Math.round(fitness.cgroupMemoryLimitBytes / 2 ** 20), 'MiB')}`,
    `steal              ${percent(fitness.stealRatio)}`,
    `CPU pressure       ${percent(fitness.cpuPressureRatio)} of the last 10 s some task waited`,
    `timer cost         ${fitness.timerCostNs.toFixed(0)} ns a reading`,
    `intrinsic latency  ${(fitness.intrinsicLatencyMaxUs / 1000).toFixed(2)} ms longest wait of a busy loop in 2 s`,
    ...(fitness.warnings.length === 0 ? ['', 'Fit to measure on.'] : ['', ...fitness.warnings]),
  ];
}
