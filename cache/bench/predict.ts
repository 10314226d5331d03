import { parseArgs } from 'node:util';
import { type Figure, fits, mayHold } from './figure.ts';
import { GROUPS } from './groups.ts';
import { measureGroups } from './measure-groups.ts';

const USAGE = `npm run -s bench:predict -- [--json] [--figure <pattern>]..

Measures prediction, learned freshness and fleet signals with the library's own code in simulated time, on fixed
seeds, and prints every figure with unit, interval over the seeds, number of observations and method.

  --json              one JSON object a line: figure, value, unit, interval, n, how
  --figure <pattern>  only figures whose name fits; * stands for any text; may be given several times
  --help              this text

Everything takes about eleven minutes on two cores, most of it fleet.hot-shift, in two worker threads; progress goes to
standard error.
Names begin with: ${GROUPS.map(({ prefix }) => prefix).join(', ')}`;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    figure: { type: 'string', multiple: true, default: ['*'] },
  },
});
const indexes = [...GROUPS.keys()].filter((index) =>
  values.figure.some((pattern) => mayHold(GROUPS[index]!, pattern)),
);

if (values.help) console.log(USAGE);
else if (indexes.length === 0) {
  console.error(`No figure fits ${values.figure.join(' or ')}.\n\n${USAGE}`);
  process.exitCode = 2;
} else await measure();

async function measure(): Promise<void> {
  const startedMs = performance.now();
  let begun = 0;
  await measureGroups({
    indexes,
    onBegin: (prefix) => {
      const seconds = Math.round((performance.now() - startedMs) / 1000);
      console.error(`${++begun} of ${indexes.length}, after ${seconds} s: ${prefix}`);
    },
    onFigures: (figures) => {
      for (const figure of figures)
        if (values.figure.some((pattern) => fits(figure.figure, pattern))) print(figure);
    },
  });
}

function print(figure: Figure): void {
  if (values.json) {
    console.log(JSON.stringify(figure));
    return;
  }
  const { value, unit, interval, n, how } = figure;
  const range = interval ? ` (${round(interval[0])} to ${round(interval[1])})` : '';
  console.log(`${figure.figure.padEnd(44)} ${round(value)} ${unit}${range}, n = ${n}\n    ${how}`);
}

function round(value: number): string {
  return Number(value.toPrecision(5)).toString();
}
