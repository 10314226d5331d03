import yargs, { type Argv } from 'yargs';
import { hideBin } from 'yargs/helpers';
import { endWithReader } from './end-with-reader.ts';

const EXIT_USAGE = 2;

/** The command line of one npm script: `--help`, nothing unknown, and a plain error below the help with exit code 2. */
export function benchCli(script: string): Argv {
  endWithReader();
  return yargs(hideBin(process.argv))
    .scriptName(`npm run -s ${script} --`)
    .strict()
    .version(false)
    .wrap(120)
    .fail((message, error, parser) => {
      process.stderr.write(`${parser.help()}\n\n${message || error.message}\n`);
      process.exit(EXIT_USAGE);
    });
}
