import { join, resolve } from 'node:path';
import type { Options } from 'yargs';
import type { Experiment } from '../../reports/experiment/schema.ts';
import type { Figure } from '../../reports/summary/figure.ts';
import { BenchError, EXIT } from '../errors.ts';
import type { ExperimentKind } from '../experiments/experiment.ts';
import { EXPERIMENTS } from '../experiments/experiments.ts';
import { runExperiment } from '../experiments/run-experiment.ts';
import { cleanLeftovers } from '../journal/clean.ts';
import { PROJECT_FOLDER, runFolderOf } from '../project.ts';
import { writeExperiment } from '../report/write-experiment.ts';
import type { ProfileName } from '../run/profile.ts';
import { runIdOf } from '../run/run-id.ts';
import { survey } from '../run/survey.ts';
import { seedOf } from './run-request.ts';

/**
 * The experiment that was named instead of scenarios; null when none was.
 * @throws {BenchError} `EXPERIMENT_ALONE` when something else was named beside it.
 */
export function experimentIn(names: readonly string[]): ExperimentKind | null {
  const found = EXPERIMENTS.find(({ name }) => names.includes(name));
  if (found === undefined) return null;
  if (names.length === 1) return found;
  throw new BenchError('EXPERIMENT_ALONE', `${found.name} is an experiment with a page of its own.`, {
    hint: `Run it alone: l1bench run ${found.name}`,
    exitCode: EXIT.usage,
  });
}

/** What of `run` an experiment takes. */
const TAKEN = ['profile', 'seed', 'out', 'json'];

/**
 * An option that an experiment does not take changes nothing: better to say so than to run an hour without it.
 * @throws {BenchError} `EXPERIMENT_OPTION` for the first that is not as by default.
 */
export function refuseOtherOptions(
  { name }: ExperimentKind,
  options: Readonly<Record<string, Options>>,
  given: Readonly<Record<string, unknown>>,
): void {
  const other = Object.keys(options).find(
    (option) => !TAKEN.includes(option) && given[option] !== options[option]!.default,
  );
  if (other === undefined) return;
  throw new BenchError('EXPERIMENT_OPTION', `--${other} says nothing to ${name}.`, {
    hint: `An experiment takes ${TAKEN.map((option) => `--${option}`).join(', ')} and nothing else.`,
    exitCode: EXIT.usage,
  });
}

/** Runs an experiment from the command line: progress on standard error, the answer on standard output. */
export async function runExperimentCommand(
  kind: ExperimentKind,
  args: {
    readonly seed: number;
    readonly profile: ProfileName;
    readonly out?: string | undefined;
    readonly json: boolean;
  },
): Promise<void> {
  const seed = seedOf(args.seed);
  const runId = runIdOf(new Date(), kind.name, Math.random());
  const folder = args.out === undefined ? runFolderOf(runId) : resolve(args.out);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  await cleanLeftovers(PROJECT_FOLDER, { all: false });
  const surroundings = await survey({ mesh: 'none', driver: 'open-loop' }, say);
  const command = `l1bench ${process.argv.slice(2).join(' ')}`;
  const request = { kind, runId, command, seed, profile: args.profile };
  const experiment = await runExperiment(request, surroundings, say);
  await writeExperiment(experiment, folder);
  process.stdout.write(
    args.json
      ? `${JSON.stringify({ runId, folder, valid: true, answer: experiment.answer, figures: figuresOf(experiment) })}\n`
      : `\n${experiment.answer.join('\n')}\n\nReport: ${join(folder, 'index.html')}\n`,
  );
}

/** Every cell of every table as a flat record. */
function figuresOf({ sections }: Experiment) {
  return sections.flatMap(({ title, where, tables }) =>
    tables.flatMap(({ columns, rows }) =>
      rows.flatMap(({ name, cells }) =>
        cells.flatMap((cell: Figure | null, i) =>
          cell === null
            ? []
            : [
                {
                  section: title,
                  where,
                  arm: name,
                  figure: columns[i],
                  value: cell.value,
                  unit: cell.unit,
                  low: cell.interval?.low ?? null,
                  high: cell.interval?.high ?? null,
                  n: cell.n,
                  of: cell.of,
                  emulated: cell.emulated,
                },
              ],
        ),
      ),
    ),
  );
}
