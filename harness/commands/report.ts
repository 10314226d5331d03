import { join } from 'node:path';
import type { Argv } from 'yargs';
import { readResult } from '../report/read-result.ts';
import { writeReport } from '../report/write-report.ts';

export function reportCommand(cli: Argv): Argv {
  return cli.command(
    'report <run>',
    'Write the report of a run again from its result.json',
    (args) =>
      args
        .positional('run', { type: 'string', demandOption: true, describe: 'Run id, or the folder of a run' })
        .option('out', { type: 'string', describe: 'Where the report goes (default: the folder of the run)' })
        .example('$0 report 2026-11-23-231500-quick-k3f9', 'A run of this checkout')
        .example('$0 report ./downloaded-run --out /tmp/report', 'A run from elsewhere'),
    async (args) => {
      const { result, folder } = await readResult(args.run);
      const out = args.out ?? folder;
      await writeReport(result, out);
      process.stdout.write(`${join(out, 'index.html')}\n`);
    },
  );
}
