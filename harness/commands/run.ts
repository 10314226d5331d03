import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Argv, Options } from 'yargs';
import { answer } from '../../reports/answer.ts';
import { historyEntry } from '../../reports/history/history.ts';
import { cautions } from '../../reports/notes.ts';
import type { Result } from '../../reports/schema.ts';
import { namedFigures } from '../../reports/summary/figures.ts';
import type { Summary } from '../../reports/summary.ts';
import { cleanLeftovers } from '../journal/clean.ts';
import { traceOf } from '../load/arrivals-of.ts';
import { PROJECT_FOLDER, runFolderOf } from '../project.ts';
import { writeReport } from '../report/write-report.ts';
import { execute } from '../run/execute.ts';
import { progressOn } from '../run/progress.ts';
import { needSameVersions, readRequest, writeRequest } from '../run/request-file.ts';
import { RunLog } from '../run/run-log.ts';
import { runnableScenarios } from '../run/runnable-scenarios.ts';
import { survey } from '../run/survey.ts';
import { experimentIn, refuseOtherOptions, runExperimentCommand } from './run-experiment.ts';
import { requestOf, runOptions, scenarioArgument } from './run-request.ts';
import { tellIfNotComplete } from './tell-if-not-complete.ts';

/** The options that say where a run's figures go, and whether they begin anew. */
const resultOptions = {
  resume: {
    type: 'string',
    describe: 'Go on with an interrupted run (id or folder); its own settings count, not the options',
  },
  out: {
    type: 'string',
    describe: 'Folder of the report; one that is there is replaced (default: reports/out/<run>)',
  },
  history: { type: 'string', describe: 'Folder to add this run’s figures to, for `trend`' },
  json: { type: 'boolean', default: false, describe: 'Print the result as one JSON object' },
} as const satisfies Record<string, Options>;

export function runCommand(cli: Argv): Argv {
  return cli.command(
    'run [scenario..]',
    'Measure scenarios against each other on a mesh of this machine, or one experiment, and write a report',
    (args) =>
      scenarioArgument(args)
        .options(runOptions)
        .options(resultOptions)
        .example('$0 run', 'The main comparison, quick profile')
        .example('$0 run shared-redis in-process-l1 --profile standard', 'Two scenarios, more samples')
        .example('$0 run --workload trace:reads.lirs.gz', 'Keys from a recorded trace')
        .example('$0 run --resume 2026-11-23-231500-quick-k3f9', 'Measure only what is missing')
        .example('$0 run cold-start', 'An experiment: what a pod restart costs, and what warms it')
        .example('$0 run ablation', 'The library, part by part, in the mesh')
        .example('$0 run --driver k6 --mesh none', 'k6 sends; no sidecars'),
    async (args) => {
      const experiment = experimentIn(args.scenario);
      if (experiment !== null) {
        refuseOtherOptions(experiment, { ...runOptions, ...resultOptions }, args);
        return runExperimentCommand(experiment, args);
      }
      const resumed = args.resume === undefined ? null : runFolderOf(args.resume);
      const command = `l1bench ${process.argv.slice(2).join(' ')}`;
      const begun = resumed === null ? null : await readRequest(resumed);
      const request = begun?.request ?? requestOf(args, command, new Date(), Math.random());
      const folder = resumed ?? (args.out === undefined ? runFolderOf(request.runId) : resolve(args.out));

      // A bad trace is refused before anything is installed or written for it.
      await traceOf(request.workload);
      await cleanLeftovers(PROJECT_FOLDER, { all: false });
      const surroundings = await survey(request, (line) => process.stderr.write(`${line}\n`));
      for (const { scenario, why } of runnableScenarios(request, surroundings).leftOut) {
        process.stderr.write(`${scenario} is left out: ${why}\n`);
      }
      const { mesh, environment } = surroundings;
      if (begun !== null) needSameVersions(begun, environment.versions);
      else await writeRequest({ request: { ...request, mesh }, versions: environment.versions }, folder);
      const log = new RunLog(folder, begun === null ? 'begins' : 'goes-on');
      const result = await execute(request, surroundings, log, (totalMs) =>
        progressOn(process.stderr, totalMs, () => performance.now()),
      );
      const summary = await writeReport(result, folder);
      if (args.history !== undefined) await addToHistory(summary, args.history);
      process.stdout.write(args.json ? jsonOf(result, summary, folder) : textOf(summary, folder));
      tellIfNotComplete(result);
    },
  );
}

async function addToHistory(summary: Summary, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, `${summary.runId}.json`),
    `${JSON.stringify(historyEntry(summary), null, 1)}\n`,
  );
}

function jsonOf({ runId, state, why }: Result, summary: Summary, folder: string): string {
  const valid = state === 'complete';
  return `${JSON.stringify({ runId, folder, valid, state, why, figures: namedFigures(summary) })}\n`;
}

function textOf(summary: Summary, folder: string): string {
  const warnings = cautions(summary).map((line) => `warning: ${line}\n`);
  return `\n${warnings.join('')}${answer(summary).join('\n')}\n\nReport: ${join(folder, 'index.html')}\n`;
}
