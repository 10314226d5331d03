/**
 * npm run -s bench:cache -- [--json] [--entries 1000,10000,100000] [--op get-hit,read-through-hit,set-at-capacity]
 *
 * Compares a hit, an awaited read-through hit and a set at capacity with a bare Map and with peers. Each candidate
 * runs in a process of its own, its rounds alternating with the Map's; the ratio is the figure, the nanoseconds are
 * those of this machine at this moment.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { Count } from '../../src/units.ts';
import { ASYNC_CANDIDATES } from './async-candidates.ts';
import type { Measured, Operation } from './measure.ts';
import { SYNC_CANDIDATES } from './sync-candidates.ts';

const CANDIDATES: Readonly<Record<Operation, readonly string[]>> = {
  'get-hit': Object.keys(SYNC_CANDIDATES),
  'set-at-capacity': Object.keys(SYNC_CANDIDATES),
  'read-through-hit': Object.keys(ASYNC_CANDIDATES),
};
const CANDIDATE = fileURLToPath(new URL('candidate.ts', import.meta.url));

const { values: asked } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    entries: { type: 'string', default: '1000,10000,100000' },
    op: { type: 'string', default: Object.keys(CANDIDATES).join(',') },
  },
});

for (const op of asked.op.split(',')) {
  const candidates = CANDIDATES[op as Operation];
  if (!candidates) {
    console.error(`--op ${op} is not known; it can be ${Object.keys(CANDIDATES).join(', ')}.`);
    process.exit(2);
  }
  for (const entries of asked.entries.split(',').map(Number)) {
    if (!(Number.isInteger(entries) && entries > 0)) {
      console.error(`--entries ${asked.entries} is no list of whole numbers above 0.`);
      process.exit(2);
    }
    for (const implementation of candidates)
      print(await runApart(op as Operation, implementation, entries), entries);
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
    const { op, implementation, medianNs, ratioToMap } = measured;
    console.log(
      `${op.padEnd(18)}${implementation.padEnd(32)}${String(entries).padStart(8)}${medianNs.toFixed(1).padStart(12)} ns${ratioToMap.toFixed(2).padStart(10)} x Map`,
    );
  }
}
