import { parseArgs } from 'node:util';
import type { Figure, FiguresOf } from './figure.ts';
import { fleetFigures } from './fleet/figures.ts';
import { freshnessFigures } from './freshness/figures.ts';
import { prewarmingFigures } from './predict/figures.ts';

const PARTS: Readonly<Record<string, FiguresOf>> = {
  prewarming: prewarmingFigures,
  freshness: () => freshnessFigures(),
  fleet: () => fleetFigures(),
};

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => !(name in PARTS));
const usage = `npm run bench:predict -- [--json] [part..]\nParts: ${Object.keys(PARTS).join(', ')} (default: all)`;

if (values.help) console.log(usage);
else if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}.\n${usage}`);
  process.exitCode = 2;
} else {
  const names = positionals.length > 0 ? positionals : Object.keys(PARTS);
  for (const name of names) for await (const figure of PARTS[name]!()) print(figure);
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
