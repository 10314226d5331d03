import { join, resolve } from 'node:path';
import type { Argv } from 'yargs';
import { answer } from '../../reports/answer.ts';
import { namedFigures } from '../../reports/summary/figures.ts';
import { DEFAULT_SCENARIOS, SCENARIOS, scenarioOf } from '../../scenarios/catalogue.ts';
import { BenchError, EXIT } from '../errors.ts';
import { cleanLeftovers } from '../journal/clean.ts';
import type { LoadPlan } from '../load/driver.ts';
import { PROJECT_FOLDER, REPORTS_FOLDER } from '../project.ts';
import { writeReport } from '../report/write-report.ts';
import { execute } from '../run/execute.ts';
import { PROFILES } from '../run/profile.ts';
import { progressOn } from '../run/progress.ts';
import { runIdOf } from '../run/run-id.ts';
import { survey } from '../run/survey.ts';
import { topologyOptions } from './options.ts';

export function runCommand(cli: Argv): Argv {
  return cli.command(
    'run [scenario..]',
    'Measure scenarios against each other on a mesh of this machine, and write a report',
    (args) =>
      args
        .positional('scenario', {
          type: 'string',
          array: true,
          default: [...DEFAULT_SCENARIOS],
          describe: `Any of: ${SCENARIOS.map(({ name }) => name).join(', ')}; or all`,
        })
        .options(topologyOptions)
        .option('fan-out', {
          choices: ['parallel', 'sequential'] as const,
          default: 'parallel' as const,
          describe: 'How a request does its reads',
        })
        .option('rate', { type: 'number', describe: 'Inbound requests per second (default: the profile’s)' })
        .option('profile', {
          choices: ['quick', 'standard', 'full'] as const,
          default: 'quick' as const,
          describe: 'How much is measured: under 3 minutes, under 10, or about an hour',
        })
        .option('mesh', {
          choices: ['auto', 'envoy', 'none'] as const,
          default: 'auto' as const,
          describe: 'Sidecars with mutual TLS; auto uses Envoy where there is one',
        })
        .option('driver', {
          choices: ['open-loop', 'k6'] as const,
          default: 'open-loop' as const,
          describe: 'What sends the load',
        })
        .option('workload', {
          type: 'string',
          default: 'synthetic',
          describe: 'synthetic, or trace:<file> to take the keys from a recorded trace',
        })
        .option('budget-mib', {
          type: 'number',
          default: 64,
          describe: 'What one pod may spend on its cache',
        })
        .option('blocks', { type: 'number', describe: 'Interleaved rounds (default: the profile’s)' })
        .option('time-scale', {
          type: 'number',
          default: 1,
          describe: 'How much faster than the clock data changes and expires',
        })
        .option('out', { type: 'string', describe: 'Folder of the report (default: reports/out/<run>)' })
        .option('json', { type: 'boolean', default: false, describe: 'Print the result as one JSON object' })
        .example('$0 run', 'The main comparison, quick profile')
        .example('$0 run shared-redis in-process-l1 --profile standard', 'Two scenarios, more samples')
        .example('$0 run --workload trace:../shared/traces/orm-busy.trace.zst', 'Keys from a real trace')
        .example('$0 run --driver k6 --mesh none', 'k6 sends; no sidecars'),
    async (args) => {
      const say = (line: string): void => void process.stderr.write(`${line}\n`);
      const profile = {
        ...PROFILES[args.profile],
        ...(args.rate === undefined ? {} : { ratePerSecond: positive('--rate', args.rate) }),
        ...(args.blocks === undefined ? {} : { rounds: positive('--blocks', Math.floor(args.blocks)) }),
      };
      const names = args.scenario.includes('all') ? SCENARIOS.map(({ name }) => name) : args.scenario;
      const scenarios = [...new Set(names)]
        .map(scenarioOf)
        .map(({ name, description }) => ({ name, description }));
      const runId = runIdOf(new Date(), args.profile, Math.random());
      const folder = args.out === undefined ? join(REPORTS_FOLDER, runId) : resolve(args.out);

      await cleanLeftovers(PROJECT_FOLDER, { all: false });
      const surroundings = await survey({ mesh: args.mesh, needsK6: args.driver === 'k6', say });
      const result = await execute(
        {
          runId,
          command: `l1bench ${process.argv.slice(2).join(' ')}`,
          scenarios,
          services: args.services,
          seed: args.seed,
          fanOutMean: args.fanoutMean,
          fanOutDistribution: args.fanoutDistribution,
          fanOut: args.fanOut,
          profileName: args.profile,
          profile,
          driver: args.driver,
          workload: workloadOf(args.workload),
          budgetBytes: positive('--budget-mib', args.budgetMib) * 2 ** 20,
          timeScale: positive('--time-scale', args.timeScale),
        },
        surroundings,
        folder,
        (totalMs) => progressOn(process.stderr, totalMs, () => performance.now()),
      );
      const summary = await writeReport(result, folder);
      const page = join(folder, 'index.html');
      if (args.json) {
        const { state, why } = result;
        const output = {
          runId,
          folder,
          valid: state === 'complete',
          state,
          why,
          figures: namedFigures(summary),
        };
        process.stdout.write(`${JSON.stringify(output)}\n`);
      } else {
        process.stdout.write(`\n${answer(summary).join('\n')}\n\nReport: ${page}\n`);
      }
      if (result.state !== 'complete') {
        say(`The run is ${result.state}: ${result.why.join(' ')}`);
        process.exitCode = result.state === 'interrupted' ? EXIT.interrupted : EXIT.invalidRun;
      }
    },
  );
}

function workloadOf(text: string): LoadPlan['workload'] {
  if (text === 'synthetic') return { kind: 'synthetic' };
  if (text.startsWith('trace:')) return { kind: 'trace', file: resolve(text.slice('trace:'.length)) };
  throw new BenchError('WORKLOAD_UNKNOWN', `--workload is ${text}; it is synthetic or trace:<file>.`, {
    hint: 'For instance --workload trace:../shared/traces/orm-busy.trace.zst',
    exitCode: EXIT.usage,
  });
}

function positive(option: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value;
  throw new BenchError('OPTION_OUT_OF_RANGE', `${option} is ${value}; it must be above 0.`, {
    hint: 'See l1bench run --help.',
    exitCode: EXIT.usage,
  });
}
