import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { cleanCommand } from './commands/clean.ts';
import { compareCommand } from './commands/compare.ts';
import { doctorCommand } from './commands/doctor.ts';
import { gateCommand } from './commands/gate.ts';
import { reportCommand } from './commands/report.ts';
import { reproduceCommand } from './commands/reproduce.ts';
import { runCommand } from './commands/run.ts';
import { setupCommand } from './commands/setup.ts';
import { topologyCommand } from './commands/topology.ts';
import { trendCommand } from './commands/trend.ts';
import { BenchError, EXIT } from './errors.ts';
import { exitCodeOf, explain } from './explain.ts';
import { whenOrphaned } from './journal/when-orphaned.ts';

const COMMANDS = [
  setupCommand,
  doctorCommand,
  runCommand,
  reportCommand,
  reproduceCommand,
  gateCommand,
  compareCommand,
  trendCommand,
  topologyCommand,
  cleanCommand,
];

/** What the command line may hold several of. */
const LISTS = ['_', 'scenario', 'claim'];

const cli = yargs(hideBin(process.argv))
  .scriptName('l1bench')
  .usage(
    '$0 <command>\n\nWhat is a cache inside the pod worth, against a shared Redis or a Redis sidecar? Measured.',
  )
  .demandCommand(1, 'Name a command.')
  .strict()
  .recommendCommands()
  .alias('h', 'help')
  .epilog(
    'Exit codes: 0 ok · 2 usage · 3 environment · 4 run invalid · 10 gate regressed · 75 gate inconclusive · 130 interrupted',
  )
  .wrap(Math.min(110, process.stdout.columns ?? 110))
  .check((given) => {
    const twice = Object.keys(given).find((name) => Array.isArray(given[name]) && !LISTS.includes(name));
    if (twice === undefined) return true;
    throw new BenchError('OPTION_TWICE', `--${twice} is given ${(given[twice] as unknown[]).length} times.`, {
      hint: 'Give it once.',
      exitCode: EXIT.usage,
    });
  })
  .fail((message, error, parser) => {
    if (error) throw error;
    process.stderr.write(`${parser.help()}\n\n${message}\n`);
    process.exit(EXIT.usage);
  });
for (const command of COMMANDS) command(cli);

// A reader that has enough (`| head`) or a terminal that is gone ends nothing: what is measured is on disk.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}
// A kill -9 of the launcher cannot be passed on: this process notices that it is alone, and ends as on Ctrl-C.
whenOrphaned(() => process.kill(process.pid, 'SIGTERM'));

try {
  await cli.parseAsync();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = exitCodeOf(error);
}
