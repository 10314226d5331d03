import { join } from 'node:path';
import type { Argv } from 'yargs';
import { runFolderOf } from '../project.ts';
import { readResult } from '../report/read-result.ts';
import { readExperiment, writeExperiment } from '../report/write-experiment.ts';
import { writeReport } from '../report/write-report.ts';

export function reportCommand(cli: Argv): Argv {
  return cli.command(
    'report <run>',
    'Write the report of a run again from what it recorded',
    (args) =>
      args
        .positional('run', { type: 'string', demandOption: true, describe: 'Run id, or the folder of a run' })
        .option('out', { type: 'string', describe: 'Where the report goes (default: the folder of the run)' })
        .example('$0 report 2026-11-23-231500-quick-k3f9', 'A run of this checkout')
        .example('$0 report ./downloaded-run --out /tmp/report', 'A run from elsewhere'),
    async (args) => {
      const experiment = await readExperiment(runFolderOf(args.run));
      if (experiment !== null) {
        const to = args.out ?? runFolderOf(args.run);
        await writeExperiment(experiment, to);
        process.stdout.write(`${join(to, 'index.html')}\n`);
        return;
      }
      const { result, folder } = await readResult(args.run);
      const out = args.out ?? folder;
      await writeReport(result, out);
      process.stdout.write(`${join(out, 'index.html')}\n`);
    },
  );
}
