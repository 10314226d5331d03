import pc from 'picocolors';
import type { Argv } from 'yargs';
import { comparedLine, compareRuns, differenceLine } from '../../reports/compare.ts';
import { BenchError, EXIT } from '../errors.ts';
import { readResult } from '../report/read-result.ts';

export function compareCommand(cli: Argv): Argv {
  return cli.command(
    'compare <a> <b>',
    'Compare two runs, if they were made under conditions that can be compared',
    (args) =>
      args
        .positional('a', { type: 'string', demandOption: true, describe: 'Run id or folder' })
        .positional('b', { type: 'string', demandOption: true, describe: 'Run id or folder' })
        .option('accept-diff', {
          type: 'boolean',
          default: false,
          describe: 'Compare in spite of differing environments; the differences are printed in red',
        })
        .option('json', {
          type: 'boolean',
          default: false,
          describe: 'Print the comparison as one JSON object',
        })
        .example(
          '$0 compare 2026-11-23-231500-quick-k3f9 2026-11-24-091200-quick-1a2b',
          'Two runs of this checkout',
        ),
    async (args) => {
      const [{ result: a }, { result: b }] = [await readResult(args.a), await readResult(args.b)];
      const comparison = compareRuns(a, b, args.acceptDiff ? 'accept' : 'refuse');
      if (args.json) process.stdout.write(`${JSON.stringify(comparison)}\n`);
      const differences = comparison.differences.map((difference) => pc.red(differenceLine(difference)));
      if (comparison.state === 'refused') {
        throw new BenchError(
          'RUNS_DIFFER',
          `The runs were made under different conditions:\n${differences.join('\n')}`,
          { hint: 'Repeat one of them, or say --accept-diff.', exitCode: EXIT.environment },
        );
      }
      if (args.json) return;
      for (const line of comparison.cautions) process.stderr.write(`warning: ${line}\n`);
      const rows = comparison.rows.map(comparedLine);
      const lines = rows.length === 0 ? ['No figure was measured in both runs.'] : rows;
      process.stdout.write(`${[...differences, ...lines].join('\n')}\n`);
    },
  );
}
