import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Argv } from 'yargs';
import { decideGate, type GateDecision, type GateVerdict } from '../../reports/gate/decision.ts';
import { unfitness } from '../../reports/gate/machine.ts';
import { gateJunit, gateMarkdown } from '../../reports/gate/report.ts';
import { GATE_PLAN } from '../../reports/gate/rules.ts';
import type { GateStage } from '../../reports/gate/sample.ts';
import type { Block } from '../../reports/schema.ts';
import { scenarioOf } from '../../scenarios/catalogue.ts';
import { EXIT } from '../errors.ts';
import { checkOut, workingTree } from '../gate/checkout.ts';
import { measureStage } from '../gate/stage.ts';
import { cleanLeftovers } from '../journal/clean.ts';
import { openRun } from '../journal/owned-run.ts';
import { PROJECT_FOLDER, runFolderOf } from '../project.ts';
import type { Surroundings } from '../run/execute.ts';
import { interruptible, unlessInterrupted } from '../run/interrupt.ts';
import { progressOn } from '../run/progress.ts';
import { runIdOf } from '../run/run-id.ts';
import { survey } from '../run/survey.ts';
import { needTool } from '../tools/need-tool.ts';
import { seedOf, wholeNumber } from './run-request.ts';

const EXIT_OF: Readonly<Record<GateVerdict, number>> = {
  PASS: EXIT.ok,
  REGRESSED: EXIT.regressed,
  INCONCLUSIVE: EXIT.inconclusive,
};
/** A round is three blocks and what lies between them. */
const BETWEEN_BLOCKS_MS = 500;
const STAND_UP_MS = 20_000;

export function gateCommand(cli: Argv): Argv {
  return cli.command(
    'gate',
    'Compare two versions of the code: PASS, REGRESSED (exit 10) or INCONCLUSIVE (exit 75)',
    (args) =>
      args
        .option('base', {
          type: 'string',
          demandOption: true,
          describe: 'A git ref, or a result.json: the commit it was measured at is built and run again',
        })
        .option('head', { type: 'string', describe: 'A git ref (default: the working tree as it is)' })
        .option('scenario', {
          type: 'string',
          default: 'in-process-l1',
          describe: 'The read path whose latency and CPU are compared',
        })
        .option('pairs', {
          type: 'number',
          default: GATE_PLAN.firstPairs,
          describe: 'Pairs of the first stage',
        })
        .option('seed', { type: 'number', default: 1, describe: 'Seed of load, order and bootstrap' })
        .option('out', {
          type: 'string',
          describe: 'Folder of gate.json, gate.md, junit.xml (default: reports/out/<gate>)',
        })
        .option('json', {
          type: 'boolean',
          default: false,
          describe: 'Print the decision as one JSON object',
        })
        .example('$0 gate --base origin/main', 'In a pull request')
        .example('$0 gate --base v0.1.0 --head v0.2.0', 'Two releases'),
    async (args) => {
      const scenario = scenarioOf(args.scenario).name;
      const firstPairs = wholeNumber('--pairs', args.pairs);
      const seed = seedOf(args.seed);
      const say = (line: string): void => void process.stderr.write(`${line}\n`);
      await cleanLeftovers(PROJECT_FOLDER, { all: false });
      const gateId = runIdOf(new Date(), 'gate', Math.random());
      const folder = args.out === undefined ? runFolderOf(gateId) : resolve(args.out);

      const surroundings = await survey({ mesh: 'none', driver: 'open-loop' }, say);
      using interrupt = interruptible('nothing');
      const { title, decision, blocks } = await unlessInterrupted(interrupt.signal, () =>
        judge(
          { ...args, scenario, seed, firstPairs, gateId, folder, signal: interrupt.signal },
          surroundings,
        ),
      );
      const record = { gateId, ...title, environment: surroundings.environment, decision };
      await writeFile(join(folder, 'gate.json'), `${JSON.stringify(record, null, 1)}\n`);
      await writeFile(join(folder, 'blocks.json'), `${JSON.stringify(blocks)}\n`);
      await writeFile(join(folder, 'gate.md'), gateMarkdown(decision, title));
      await writeFile(join(folder, 'junit.xml'), gateJunit(decision, title));
      process.stdout.write(
        args.json ? `${JSON.stringify(record)}\n` : `${gateMarkdown(decision, title)}\n${folder}\n`,
      );
      process.exitCode = EXIT_OF[decision.verdict];
    },
  );
}

/** Measures both sides, in a second stage too where the first asks for one, and decides. */
async function judge(
  asked: {
    readonly base: string;
    readonly head: string | undefined;
    readonly scenario: string;
    readonly firstPairs: number;
    readonly seed: number;
    readonly gateId: string;
    /** Where the record will go. */
    readonly folder: string;
    readonly signal: AbortSignal;
  },
  { tools, environment }: Surroundings,
): Promise<{ title: { base: string; head: string }; decision: GateDecision; blocks: readonly Block[] }> {
  const { gateId, scenario, seed, firstPairs, signal } = asked;
  using run = openRun(PROJECT_FOLDER, gateId);
  const base = await checkOut(PROJECT_FOLDER, asked.base, join(run.folder, 'base'));
  const head =
    asked.head === undefined
      ? workingTree(PROJECT_FOLDER)
      : await checkOut(PROJECT_FOLDER, asked.head, join(run.folder, 'head'));
  // Minutes before it is needed: a place that cannot be written to is told at once.
  await mkdir(asked.folder, { recursive: true });

  const roundMs = 3 * (GATE_PLAN.blockMs + BETWEEN_BLOCKS_MS);
  const progress = progressOn(process.stderr, STAND_UP_MS + firstPairs * roundMs, () => performance.now());
  const blocks: Block[] = [];
  const measure = async (name: 'first' | 'confirm', pairs: number): Promise<GateStage> => {
    progress.phase(`${name} stage: building and starting base, head and a second base`, STAND_UP_MS);
    const measured = await measureStage(
      { name, scenario, pairs, blockMs: GATE_PLAN.blockMs, seed },
      {
        projectFolder: PROJECT_FOLDER,
        gateId,
        redisExecutable: needTool(tools.redis).path,
        sides: { base, head, control: base },
        signal,
        onRound: (round, of) => progress.phase(`${name} stage: pair ${round} of ${of}`, roundMs),
      },
    );
    blocks.push(...measured.blocks);
    return measured.stage;
  };

  const evidence = { unfit: unfitness(environment), seed };
  const first = await measure('first', firstPairs);
  let decision = decideGate({ ...evidence, first, confirm: null });
  if (decision.next === 'confirm') {
    const confirm = await measure('confirm', GATE_PLAN.confirmPairs);
    decision = decideGate({ ...evidence, first, confirm });
  }
  progress.done();
  return { title: { base: base.name, head: head.name }, decision, blocks };
}
