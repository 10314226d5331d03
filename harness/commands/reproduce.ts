import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Argv } from 'yargs';
import { CLAIM_IDS } from '../../reports/claims/claim.ts';
import { CLAIMS } from '../../reports/claims/claims.ts';
import { buildLedger } from '../../reports/claims/ledger.ts';
import { ledgerLines, ledgerMarkdown, ledgerSection, tally } from '../../reports/claims/ledger-text.ts';
import type { Summary } from '../../reports/summary.ts';
import { DEFAULT_SCENARIOS } from '../../scenarios/catalogue.ts';
import { BenchError, EXIT } from '../errors.ts';
import { cleanLeftovers } from '../journal/clean.ts';
import { openRun } from '../journal/owned-run.ts';
import { traceOf } from '../load/arrivals-of.ts';
import { FROM_A_RUN, measureClaims } from '../measure/measure-claims.ts';
import { PROJECT_FOLDER, runFolderOf } from '../project.ts';
import { writeReport } from '../report/write-report.ts';
import { execute, type RunRequest, type Surroundings } from '../run/execute.ts';
import { interrupted, interruptible } from '../run/interrupt.ts';
import { progressOn } from '../run/progress.ts';
import { writeRequest } from '../run/request-file.ts';
import { RunLog } from '../run/run-log.ts';
import { survey } from '../run/survey.ts';
import { requestOf, runOptions } from './run-request.ts';
import { tellIfNotComplete } from './tell-if-not-complete.ts';

export function reproduceCommand(cli: Argv): Argv {
  return cli.command(
    'reproduce [claim..]',
    'Measure the claims of the vendor article and write a ledger of verdicts',
    (args) =>
      args
        .positional('claim', {
          type: 'string',
          array: true,
          default: [] as string[],
          describe: `Any of: ${CLAIM_IDS.join(', ')} (default: all)`,
        })
        .options(runOptions)
        .option('target', {
          choices: ['local', 'kind'] as const,
          default: 'local' as const,
          describe:
            'Where to measure; kind, for the claims about a cluster, is refused: this version has no such target',
        })
        .option('out', { type: 'string', describe: 'Folder of the ledger (default: reports/out/<run>)' })
        .option('json', { type: 'boolean', default: false, describe: 'Print the ledger as one JSON object' })
        .example('$0 reproduce', 'Every claim, under 15 minutes on two cores')
        .example('$0 reproduce 67x ten-lookups', 'Two of them'),
    async (args) => {
      if (args.target === 'kind') {
        throw new BenchError('TARGET_MISSING', 'The kind target is not in this version.', {
          hint: 'Leave --target out: claims that need a cluster are listed as not testable here.',
          exitCode: EXIT.environment,
        });
      }
      const say = (line: string): void => void process.stderr.write(`${line}\n`);
      const claims = claimsOf(args.claim);
      const command = `l1bench ${process.argv.slice(2).join(' ')}`;
      const request = requestOf({ ...args, scenario: DEFAULT_SCENARIOS }, command, new Date(), Math.random());
      const folder = args.out === undefined ? runFolderOf(request.runId) : resolve(args.out);
      await traceOf(request.workload);
      await cleanLeftovers(PROJECT_FOLDER, { all: false });
      const surroundings = await survey(request, say);
      const { mesh, environment } = surroundings;
      await writeRequest({ request: { ...request, mesh }, versions: environment.versions }, folder);

      const needsRun = claims.some((claim) => claim.needs.some((kind) => FROM_A_RUN.includes(kind)));
      const measured = needsRun ? await runFor(request, surroundings, folder) : null;
      if (measured?.result.state === 'interrupted') throw interrupted('what was measured');
      using interrupt = interruptible('nothing');
      using run = openRun(PROJECT_FOLDER, `${request.runId}-claims`);
      const supplied = await measureClaims(claims, {
        run,
        tools: surroundings.tools,
        summary: measured?.summary ?? null,
        signal: interrupt.signal,
        onStep: (what) => say(`claims: ${what}`),
      });
      const ledger = buildLedger(claims, supplied, {
        runId: request.runId,
        startedAt: new Date().toISOString(),
        target: args.target,
        environment,
      });
      await writeFile(join(folder, 'ledger.json'), `${JSON.stringify(ledger, null, 1)}\n`);
      await writeFile(join(folder, 'ledger.md'), ledgerMarkdown(ledger));
      if (measured !== null) await writeReport(measured.result, folder, [ledgerSection(ledger)]);
      if (args.json) process.stdout.write(`${JSON.stringify(ledger)}\n`);
      else
        process.stdout.write(
          `${ledgerLines(ledger).join('\n')}\n\n${tally(ledger)}\nLedger: ${join(folder, 'ledger.md')}\n`,
        );
      if (measured !== null) tellIfNotComplete(measured.result);
    },
  );
}

async function runFor(request: RunRequest, surroundings: Surroundings, folder: string) {
  const result = await execute(request, surroundings, new RunLog(folder, 'begins'), (totalMs) =>
    progressOn(process.stderr, totalMs, () => performance.now()),
  );
  const summary: Summary = await writeReport(result, folder);
  return { result, summary };
}

function claimsOf(ids: readonly string[]) {
  const unknown = ids.find((id) => !CLAIM_IDS.some((known) => known === id));
  if (unknown !== undefined) {
    throw new BenchError('CLAIM_UNKNOWN', `There is no claim called ${unknown}.`, {
      hint: `Choose from: ${CLAIM_IDS.join(', ')}.`,
      exitCode: EXIT.usage,
    });
  }
  return ids.length === 0 ? CLAIMS : CLAIMS.filter(({ id }) => ids.includes(id));
}
