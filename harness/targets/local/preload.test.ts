import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { PROJECT_FOLDER } from '../../project.ts';
import { needsPreload, preloadEnv } from './preload.ts';
import { bundleProgram } from './service-bundle.ts';
import { temporaryRun } from './testing/small-mesh.ts';

test('only l1-transparent takes the preload', () => {
  assert.equal(needsPreload(['no-cache', 'shared-redis', 'in-process-l1', 'l1-container']), false);
  assert.equal(needsPreload(['no-cache', 'l1-transparent']), true);
});

/** Asks one address three times, an origin that counts its calls; prints the answers and what the preload counted. */
const PROGRAM = `
import { createServer } from 'node:http';
let served = 0;
const server = createServer((_, r) => { r.setHeader('cache-control', 'max-age=60'); r.end(String(++served)); });
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const url = 'http://127.0.0.1:' + server.address().port + '/data/price/1';
const answers = [];
for (let i = 0; i < 3; i++) answers.push(await (await fetch(url, { headers: { host: 'svc-31.mesh' } })).text());
const { hits, wouldHit, differed } = globalThis[Symbol.for('l1-cache.intercept')]?.coverage() ?? {};
console.log(JSON.stringify({ answers, hits, wouldHit, differed }));
process.exit(0);
`;

for (const [mode, expected] of [
  ['off', { answers: ['1', '2', '3'] }],
  ['observe', { answers: ['1', '2', '3'], hits: 0, wouldHit: 2, differed: 2 }],
  ['on', { answers: ['1', '1', '1'], hits: 2, wouldHit: 0, differed: 0 }],
] as const) {
  test(`L1_MODE=${mode} in the environment of an unchanged program does what it says`, async () => {
    using run = temporaryRun();
    const env = (await preloadEnv(run, { runId: 'r', budgetBytes: 2 ** 20 }))(0);
    const { L1_CONFIG: _, ...others } = env;
    const allowed = JSON.stringify({ http: [{ host: '*', path: '/data/*/*', ttlMs: 'http' }] });
    const { stdout } = await execa(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
      env: { ...others, L1_CONFIG: allowed, L1_MODE: mode },
    });
    assert.deepEqual(JSON.parse(stdout), expected);
  });
}

test('the services’ own client, bundled as they are, is answered from memory', async () => {
  using run = temporaryRun();
  const program = fileURLToPath(new URL('./testing/ask-again.ts', import.meta.url));
  const bundled = await bundleProgram({ sources: PROJECT_FOLDER, program }, run.folder);
  const env = (await preloadEnv(run, { runId: 'r', budgetBytes: 2 ** 20 }))(0);
  const { stdout } = await execa(process.execPath, [bundled], { env });
  // The first read may go by: the cache finds the client's dispatcher when that sends.
  assert.equal(JSON.parse(stdout).at(-1), 'l1');
});

test('a preloaded pod gets variables of its environment and nothing else', async () => {
  using run = temporaryRun();
  const env = (await preloadEnv(run, { runId: 'r', budgetBytes: 1_024 }))(3);
  assert.deepEqual(Object.keys(env).sort(), [
    'L1_BUDGET_BYTES',
    'L1_CONFIG',
    'L1_MODE',
    'L1_POD',
    'L1_SHARE_DIR',
    'NODE_OPTIONS',
  ]);
  assert.ok(existsSync(fileURLToPath(env.NODE_OPTIONS!.replace('--import ', ''))));
});
