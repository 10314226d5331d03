import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Count } from '../../src/units.ts';
import { benchCli } from '../bench-cli.ts';
import { ASYNC_CANDIDATES } from './async-candidates.ts';
import type { Measured, Operation } from './measure.ts';
import { SYNC_CANDIDATES } from './sync-candidates.ts';

const CANDIDATES: Readonly<Record<Operation, readonly string[]>> = {
  'get-hit': Object.keys(SYNC_CANDIDATES),
  'set-at-capacity': Object.keys(SYNC_CANDIDATES),
  'get-else-set': Object.keys(SYNC_CANDIDATES),
  'read-through-hit': Object.keys(ASYNC_CANDIDATES),
};
const OPERATIONS = Object.keys(CANDIDATES) as Operation[];
const CANDIDATE = fileURLToPath(new URL('candidate.ts', import.meta.url));

const asked = benchCli('bench:cache')
  .usage(
    `$0 [options]

Compares a hit, an awaited read-through hit, a set at capacity and reads of ten times as many keys as fit with a
bare Map and with peers. Each candidate runs in a process of its own, its rounds alternating with the Map's: the ratio
is the figure, the nanoseconds are those of this machine at this moment. All of it takes about three minutes.`,
  )
  .option('op', {
    type: 'string',
    default: OPERATIONS.join(','),
    describe: 'What to measure',
    coerce: (list: string) => list.split(','),
  })
  .option('entries', {
    type: 'string',
    default: '1000,10000,100000',
    describe: 'How many entries the caches hold',
    coerce: (list: string) => list.split(',').map(Number),
  })
  .option('json', {
    type: 'boolean',
    default: false,
    describe:
      'One object a line: op, implementation, entries, medianNs, ratioToMap, n; of get-else-set hitRatioPercent too',
  })
  .example('$0 --op get-hit --entries 10000', 'Hits alone, at one size')
  .check(({ op, entries }) => {
    const unknown = op.find((name) => !OPERATIONS.includes(name as Operation));
    if (unknown !== undefined) throw new Error(`--op ${unknown} is not one of ${OPERATIONS.join(', ')}.`);
    if (!entries.every((count) => Number.isInteger(count) && count > 0))
      throw new Error(`--entries ${entries.join(',')} is no list of whole numbers above 0.`);
    return true;
  })
  .parseSync();

for (const op of asked.op as Operation[]) {
  for (const entries of asked.entries) {
    for (const implementation of CANDIDATES[op]) print(await runApart(op, implementation, entries), entries);
  }
}

async function runApart(op: Operation, implementation: string, entries: Count): Promise<Measured> {
  const flags = ['--conditions=l1-source', CANDIDATE, op, implementation, String(entries)];
  const { stdout } = await promisify(execFile)(process.execPath, flags);
  return JSON.parse(stdout) as Measured;
}

function print(measured: Measured, entries: Count): void {
  if ('skipped' in measured) {
    console.error(`${measured.op} ${measured.implementation}: left out, ${measured.skipped}.`);
  } else if (asked.json) {
    console.log(JSON.stringify(measured));
  } else {
    const { op, implementation, medianNs, ratioToMap, hitRatioPercent } = measured;
    const hits = hitRatioPercent === undefined ? '' : `   ${hitRatioPercent.toFixed(1)} % hits`;
    console.log(
      `${op.padEnd(18)}${implementation.padEnd(32)}${String(entries).padStart(8)}${medianNs.toFixed(1).padStart(12)} ns${ratioToMap.toFixed(2).padStart(10)} x Map${hits}`,
    );
  }
}
