/*
 * What the preload costs a program that it does not serve: calls to a loopback origin and memory, without it, with it
 * switched off, with it on and nothing of the program's allowed, and observing what it would have answered. The same
 * program in fresh processes, alternating.
 * One JSON object a line; each ratio is to the program without it, paired by round.
 * Run: npm run bench:idle-preload -w cache
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

const ROUNDS = 15;
const CALLS = 3_000;
const preload = fileURLToPath(new URL('../../dist/preload.mjs', import.meta.url));

const origin = new Worker(
  `const { parentPort } = require('node:worker_threads');
   const body = JSON.stringify({ text: 'x'.repeat(839) });
   const server = require('node:http').createServer((q, r) => { r.setHeader('content-type', 'application/json'); r.end(body); });
   server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
  { eval: true },
);
const [port] = (await once(origin, 'message')) as [number];

/** Knows nothing of the cache; lies in this package so that it finds undici. */
const PROGRAM = `
import { readFileSync } from 'node:fs';
import { request } from 'undici';
const url = 'http://127.0.0.1:${port}/data/1';
const clients = {
  'undici.request': async () => (await request(url)).body.json(),
  fetch: async () => (await fetch(url)).json(),
};
const figures = {};
for (const [name, call] of Object.entries(clients)) {
  const us = [];
  for (let i = 0; i < ${CALLS}; i++) {
    const startedUs = performance.now() * 1000;
    await call();
    us.push(performance.now() * 1000 - startedUs);
  }
  figures[name] = us.slice(${CALLS / 4}).sort((a, b) => a - b)[${(CALLS * 3) / 8}];
}
gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
figures.memory = Number(/^Pss:\\s+(\\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))[1]) / 1024;
console.log(JSON.stringify(figures));
process.exit(0);
`;
const folder = mkdtempSync(fileURLToPath(new URL('./idle-', import.meta.url)));
const program = join(folder, 'program.mjs');
writeFileSync(program, PROGRAM);

type Figures = Record<'undici.request' | 'fetch' | 'memory', number>;
const loaded = { NODE_OPTIONS: `--import ${preload}` };
const elsewhere = JSON.stringify({ http: [{ host: 'elsewhere.mesh', path: '/data/*', ttlMs: 1000 }] });
const here = JSON.stringify({ http: [{ host: '127.0.0.1:*', path: '/data/*', ttlMs: 3_600_000 }] });
const sides: Record<string, Readonly<Record<string, string>>> = {
  without: {},
  'loaded, off': { ...loaded, L1_MODE: 'off' },
  'loaded, nothing allowed': loaded,
  'loaded, other routes allowed': { ...loaded, L1_CONFIG: elsewhere },
  'loaded, observing this route': { ...loaded, L1_MODE: 'observe', L1_CONFIG: here },
};

function measure(env: Readonly<Record<string, string>>): Figures {
  const run = spawnSync(process.execPath, ['--expose-gc', program], {
    env: { PATH: process.env.PATH, ...env },
  });
  if (run.status !== 0) throw new Error(String(run.stderr));
  return JSON.parse(String(run.stdout)) as Figures;
}

const rounds: Record<string, Figures>[] = [];
try {
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? Object.keys(sides) : Object.keys(sides).reverse();
    rounds.push(Object.fromEntries(order.map((side) => [side, measure(sides[side]!)])));
  }
} finally {
  rmSync(folder, { recursive: true });
}
const middle = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const rounded = (value: number): number => Number(value.toPrecision(4));
for (const side of Object.keys(sides)) {
  for (const figure of ['undici.request', 'fetch', 'memory'] as const) {
    const ratios = rounds.map((round) => round[side]![figure] / round.without![figure]).sort((a, b) => a - b);
    const value = rounded(middle(rounds.map((round) => round[side]![figure])));
    // The 4th and the 12th of 15 in order hold the median with 96 % (binomial).
    const ratio = { median: rounded(middle(ratios)), low: rounded(ratios[3]!), high: rounded(ratios[11]!) };
    const unit = figure === 'memory' ? 'MiB' : 'us';
    console.log(JSON.stringify({ figure, side, value, unit, ratio, n: ROUNDS }));
  }
}
await origin.terminate();
