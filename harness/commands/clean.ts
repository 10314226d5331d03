import type { Argv } from 'yargs';
import { cleanLeftovers } from '../journal/clean.ts';
import { PROJECT_FOLDER } from '../project.ts';

export function cleanCommand(cli: Argv): Argv {
  return cli.command(
    'clean',
    'Remove what killed runs left behind: processes, ports, files',
    (args) =>
      args
        .option('all', { type: 'boolean', default: false, describe: 'Also end runs that are still going' })
        .option('json', {
          type: 'boolean',
          default: false,
          describe: 'Print what was removed as one JSON object',
        })
        .example('$0 clean', 'After a crash or a kill -9'),
    async (args) => {
      const cleaned = await cleanLeftovers(PROJECT_FOLDER, { all: args.all });
      process.stdout.write(
        args.json
          ? `${JSON.stringify(cleaned)}\n`
          : `Removed ${cleaned.runIds.length} leftover runs and ${cleaned.processes} processes.\n`,
      );
    },
  );
}
