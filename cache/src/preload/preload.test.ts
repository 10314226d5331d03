import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { skipReason } from './guard.ts';

const folder = mkdtempSync(join(tmpdir(), 'l1-preload-'));
const preload = join(folder, 'preload.mjs');
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** An application that knows nothing of the cache: an origin, and two readers in the place it is told. */
const APP = `
import { createServer } from 'node:http';
import { Worker, isMainThread, workerData } from 'node:worker_threads';
import { fork } from 'node:child_process';
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
const self = fileURLToPath(import.meta.url);
const where = process.argv[2] ?? workerData?.where;
const read = async (url) => {
  const a = await (await fetch(url)).text();
  const b = await (await fetch(url)).text();
  const handle = globalThis[Symbol.for('l1-cache.intercept')];
  return JSON.stringify([a, b, handle?.coverage().budgetBytes ?? null, handle?.coverage().hits ?? null]);
};
const url = process.env.READ_FROM ?? workerData?.url;
if (url) {
  const said = await read(url);
  if (process.send) process.send(said, () => process.exit()); else console.log(said);
} else {
  let served = 0;
  const server = createServer((_q, r) => r.end(String(++served))).listen(0, '127.0.0.1', async () => {
    const url = 'http://127.0.0.1:' + server.address().port + '/data/1';
    if (where === 'main') console.log(await read(url));
    if (where === 'worker') await new Promise((done) => new Worker(self, { workerData: { where, url } }).once('exit', done));
    if (where === 'fork' || where === 'cluster') {
      const env = { ...process.env, READ_FROM: url };
      if (where === 'cluster') cluster.setupPrimary({ exec: self });
      const child = where === 'fork' ? fork(self, { env }) : cluster.fork({ READ_FROM: url });
      await new Promise((done) => child.once('message', (said) => { console.log(said); done(); }));
    }
    if (where === 'fault') {
      globalThis[Symbol.for('l1-cache.loaded')]?.('/node_modules/ioredis/built/index.js', null);
      console.log(await read(url));
    }
    server.close(); server.closeAllConnections();
  });
}
`;

before(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('./main.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    outfile: preload,
    logLevel: 'silent',
  });
  writeFileSync(join(folder, 'app.mjs'), APP);
  writeFileSync(join(folder, 'otel.cjs'), 'globalThis.otelWasHere = typeof globalThis.fetch;');
  writeFileSync(join(folder, 'npm-cli.js'), 'console.log(Symbol.for("l1-cache.intercept") in globalThis)');
});
after(() => rmSync(folder, { recursive: true }));

const CONFIG = JSON.stringify({
  http: [{ host: '127.0.0.1:*', path: '/data/*', ttlMs: 60_000 }],
  redis: [{ keys: '*', ttlMs: 1 }],
});

async function run(
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ out: string; err: string }> {
  return new Promise((resolve, reject) =>
    execFile(
      process.execPath,
      [...args],
      {
        cwd: root,
        timeout: 20_000,
        env: {
          PATH: process.env.PATH,
          L1_POD: folder,
          L1_CONFIG: CONFIG,
          L1_BUDGET_BYTES: '1000000',
          NODE_OPTIONS: `--import ${preload}`,
          ...env,
        },
      },
      (error, out, err) =>
        error ? reject(new Error(`${error.message}\n${err}`)) : resolve({ out: out.trim(), err }),
    ),
  );
}

const app = join(folder, 'app.mjs');

for (const where of ['main', 'worker', 'fork', 'cluster'])
  test(`an unmodified application reads from memory: ${where}`, async () => {
    const { out, err } = await run([app, where]);
    const [first, second, budgetBytes, hits] = JSON.parse(out);
    assert.deepEqual([first, second, hits, err], ['1', '1', 1, '']);
    assert.equal(budgetBytes, 1_000_000);
  });

test('without NODE_OPTIONS the same application asks twice', async () => {
  const { out } = await run([app, 'main'], { NODE_OPTIONS: '' });
  assert.deepEqual(JSON.parse(out), ['1', '2', null, null]);
});

test('it stands beside a --require of other instrumentation and other options', async () => {
  const options = `--require ${join(folder, 'otel.cjs')} --import ${preload} --max-old-space-size=256`;
  const { out } = await run([app, 'main'], { NODE_OPTIONS: options });
  assert.deepEqual(JSON.parse(out).slice(0, 2), ['1', '1']);
});

test('two imports of it are one', async () => {
  const { out } = await run([app, 'main'], { NODE_OPTIONS: `--import ${preload} --import ${preload}?again` });
  assert.deepEqual(JSON.parse(out).slice(0, 2), ['1', '1']);
});

test('a process that was started without fetch runs without the cache', async () => {
  const without = 'delete globalThis.fetch, delete globalThis.Headers, delete globalThis.Response';
  const options = `--import data:text/javascript,${encodeURIComponent(without)} --import ${preload}`;
  const script = 'console.log(typeof fetch, Symbol.for("l1-cache.intercept") in globalThis)';
  assert.equal((await run(['-e', script], { NODE_OPTIONS: options })).out, 'undefined false');
});

test('L1_MODE=off leaves everything as it is', async () => {
  const { out } = await run([app, 'main'], { L1_MODE: 'off' });
  assert.deepEqual(JSON.parse(out), ['1', '2', null, null]);
});

test('a broken configuration costs one line on stderr, not the application', async () => {
  const { out, err } = await run([app, 'main'], { L1_CONFIG: '{"http":[{"host":"x"}]}' });
  assert.deepEqual(JSON.parse(out).slice(0, 2), ['1', '2']);
  assert.match(err, /^l1-cache: not active.*L1_CONFIG\.http\[0\]\.path/);
  assert.equal(err.trim().split('\n').length, 1);
});

test('a client library of another shape is a counted fault, not a crash', async () => {
  const { out } = await run([app, 'fault']);
  assert.deepEqual(JSON.parse(out).slice(0, 2), ['1', '1']);
});

test('an application that sets a dispatcher of its own keeps it, and is served all the same', async () => {
  const script = join(root, `.l1-preload-agent-${process.pid}.mjs`);
  writeFileSync(
    script,
    `import { createServer } from 'node:http'; import { Agent, buildConnector, request, setGlobalDispatcher } from 'undici';
     let served = 0, used = 0;
     const open = buildConnector({});
     const own = new Agent({ connect: (options, opened) => { used++; open(options, opened); } });
     const server = createServer((_q, r) => r.end(String(++served))).listen(0, '127.0.0.1', async () => {
       const url = 'http://127.0.0.1:' + server.address().port + '/data/1';
       const read = async () => (await request(url)).body.text();
       const before = [await read(), await read()];
       setGlobalDispatcher(own);
       console.log(JSON.stringify([...before, await read(), await read(), await (await fetch(url)).text(), used]));
       process.exit();
     });`,
  );
  try {
    assert.deepEqual(JSON.parse((await run([script])).out), ['1', '1', '2', '2', '2', 1]);
  } finally {
    rmSync(script);
  }
});

test('package managers are left alone', async () => {
  assert.equal((await run([join(folder, 'npm-cli.js')])).out, 'false');
  for (const name of [
    'npm-cli.js',
    'npx-cli.js',
    'npm',
    'npx',
    'yarn.js',
    'yarn-4.5.cjs',
    'pnpm.cjs',
    'corepack.js',
  ])
    assert.equal(skipReason(['node', `/usr/lib/${name}`], '24.0.0', false, true), 'package-manager', name);
  for (const name of ['server.js', 'npm-proxy.js', 'index.mjs'])
    assert.equal(skipReason(['node', `/app/${name}`], '24.0.0', false, true), undefined, name);
  assert.equal(skipReason(['node', '/app/x.js'], '20.19.0', false, true), 'node-too-old');
  assert.equal(skipReason(['node', '/app/x.js'], '22.0.0', true, true), 'already-loaded');
});

test('it names no export that an older Node lacks, so that it can leave that Node alone', () => {
  // Of what is in use here, added after Node 18.19: node:crypto, node:zlib, node:module.
  const late = ['hash', 'crc32', 'registerHooks'];
  const named = [...readFileSync(preload, 'utf8').matchAll(/^import \{([^}]*)\} from "node:/gm)]
    .flatMap(([, names]) => names!.split(','))
    .map((name) => name.trim().split(' ')[0]!);
  assert.ok(named.length > 0);
  assert.deepEqual(
    named.filter((name) => late.includes(name)),
    [],
  );
});

test('real ioredis, redis, undici and gRPC packages are patched as they load', async () => {
  const script = join(root, `.l1-preload-clients-${process.pid}.mjs`);
  writeFileSync(
    script,
    `import { Redis } from 'ioredis'; import 'undici'; import * as grpc from '@grpc/grpc-js'; import { createRequire } from 'node:module';
     const { createClient } = createRequire(import.meta.url)('redis');
     const source = (f) => Function.prototype.toString.call(f);
     console.log(JSON.stringify([/l1|redis\\.|isMany/.test(source(Redis.prototype.get)),
       /interceptorsOf|coverage/.test(source(grpc.Client.prototype.makeUnaryRequest)), /isMany/.test(source(createClient()._executeCommand)),
       globalThis[Symbol.for('l1-cache.intercept')].coverage().faults]));`,
  );
  try {
    const config = JSON.stringify({
      redis: [{ keys: '*', ttlMs: 1 }],
      grpc: [{ method: '/a/b', ttlMs: 1 }],
      http: JSON.parse(CONFIG).http,
    });
    const { out } = await run([script], { L1_CONFIG: config });
    assert.deepEqual(JSON.parse(out), [true, true, true, 0]);
  } finally {
    rmSync(script);
  }
});
