// One candidate, one process: what another's types did to the compiled code cannot touch it.
import { measure, type Operation } from './measure.ts';

const [op, implementation, entries] = process.argv.slice(2);
process.stdout.write(`${JSON.stringify(await measure(op as Operation, implementation!, Number(entries)))}\n`);
// Some peers leave timers or sockets behind that would keep the process.
process.exit(0);
