/*
 * The preload under every Node it promises: fetches node@22, 24 and 26 from the package registry into a temporary
 * folder and runs an application that knows nothing of the cache, with fetch, undici 7 and undici 8. Under node@18 and
 * 20.9, which it is to leave alone, an empty one. Exit code 1 if one of them is not served from memory, or not left
 * alone. On Node 22 undici 8 brings a dispatcher of its own when it loads, and with it answers of its own: there the
 * origin is asked twice. Run: npm run smoke:preload -w cache
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const preload = fileURLToPath(new URL('../../dist/preload.mjs', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'l1-node-'));
const app = join(folder, 'app.mjs');
writeFileSync(
  app,
  `import { createServer } from 'node:http';
   import { createRequire } from 'node:module';
   const require = createRequire(${JSON.stringify(root)});
   let served = 0;
   const server = createServer((_q, r) => r.end(String(++served))).listen(0, '127.0.0.1', async () => {
     const url = 'http://127.0.0.1:' + server.address().port + '/data/1';
     for (let i = 0; i < 2; i++) await (await fetch(url)).text();
     for (const name of ['undici7', 'undici', 'undici']) await (await require(name).request(url)).body.text();
     const hits = globalThis[Symbol.for('l1-cache.intercept')].coverage().hits;
     console.log(process.version, 'asked', served, 'of 5 times,', hits, 'from memory');
     process.exit(served <= Number(process.argv[2]) && served + hits === 5 ? 0 : 1);
   });`,
);
const LEFT_ALONE = "process.exit(Symbol.for('l1-cache.intercept') in globalThis ? 1 : 0)";
const RUNS: Record<string, readonly string[]> = {
  18: ['-e', LEFT_ALONE],
  20.9: ['-e', LEFT_ALONE],
  22: [app, '2'],
  24: [app, '1'],
  26: [app, '1'],
};
let failed = false;
for (const [version, run] of Object.entries(RUNS)) {
  const home = join(folder, version);
  execFileSync('npm', ['install', '--prefix', home, '--no-save', '--silent', `node@${version}`], {
    stdio: 'inherit',
  });
  const node = join(home, 'node_modules/node/bin/node');
  const env = {
    ...process.env,
    NODE_OPTIONS: `--import ${preload}`,
    L1_CONFIG: JSON.stringify({ http: [{ host: '127.0.0.1:*', path: '/data/*', ttlMs: 60_000 }] }),
  };
  try {
    execFileSync(node, run, { env, stdio: 'inherit' });
    if (!run.includes(app)) console.log(`v${version} left alone`);
  } catch {
    failed = true;
  }
}
rmSync(folder, { recursive: true });
process.exit(failed ? 1 : 0);
