/*
 * What the preload adds to the start of a Node process: the same empty program with and without it, alternating.
 * One JSON object a line. Run: npm run build:preload -w cache && node cache/bench/intercept/start-up.ts
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PAIRS = 15;
const preload = fileURLToPath(new URL('../../dist/preload.mjs', import.meta.url));
const config = JSON.stringify({
  http: [{ host: '*', path: '/data/*', ttlMs: 1000 }],
  redis: [{ keys: '*', ttlMs: 1000 }],
});
const programs: Record<string, string> = {
  'empty program': '0',
  'program that uses fetch types': 'new Headers()',
};

function startMs(program: string, nodeOptions: string): number {
  const startedMs = performance.now();
  const env = { ...process.env, NODE_OPTIONS: nodeOptions, L1_CONFIG: config };
  const run = spawnSync(process.execPath, ['-e', program], { env });
  if (run.status !== 0) throw new Error(String(run.stderr));
  return performance.now() - startedMs;
}

for (const [name, program] of Object.entries(programs)) {
  const added: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const without = () => startMs(program, '');
    const having = () => startMs(program, `--import ${preload}`);
    // Alternating order, so that a drift of the machine does not favour one side.
    if (pair % 2 === 0) added.push(-without() + having());
    else added.push(having() - without());
  }
  const value = Math.round(added.sort((a, b) => a - b)[PAIRS >> 1]!);
  const how = 'median of paired differences, whole process from spawn to exit';
  console.log(JSON.stringify({ figure: `start-up, ${name}`, value, unit: 'ms', n: PAIRS, how }));
}
