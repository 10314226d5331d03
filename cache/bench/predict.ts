import { benchCli } from './bench-cli.ts';
import { type Figure, fits, mayHold } from './figure.ts';
import { GROUPS } from './groups.ts';
import { measureGroups } from './measure-groups.ts';

const values = benchCli('bench:predict')
  .usage(
    `$0 [options]

Measures prediction, learned freshness and fleet signals with the library's own code in simulated time, on fixed seeds,
and prints every figure with unit, interval over the seeds, number of observations and method.

All of it takes ten to fourteen minutes on two cores, most of it fleet.hot-shift, in two worker threads; progress goes to
standard error.`,
  )
  .option('figure', {
    type: 'string',
    array: true,
    requiresArg: true,
    default: ['*'],
    describe: 'Only figures whose name fits; * stands for any text; may be given several times',
  })
  .option('json', {
    type: 'boolean',
    default: false,
    describe: 'One object a line: figure, value, unit, interval, n, how',
  })
  .example("$0 --figure 'freshness.*'", 'One group')
  .epilog(`Names begin with: ${GROUPS.map(({ prefix }) => prefix).join(', ')}`)
  .check(({ figure }) => {
    if (!GROUPS.some((group) => figure.some((pattern) => mayHold(group, pattern))))
      throw new Error(`No figure fits ${figure.join(' or ')}.`);
    return true;
  })
  .parseSync();
const indexes = [...GROUPS.keys()].filter((index) =>
  values.figure.some((pattern) => mayHold(GROUPS[index]!, pattern)),
);

await measure();

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
