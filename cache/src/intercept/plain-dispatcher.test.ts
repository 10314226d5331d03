import assert from 'node:assert/strict';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { isPlainDispatcher, isUndici8Wrapper } from './plain-dispatcher.ts';

test('in a minified program an agent as undici makes it is plain, one with an interceptor or a factory is not', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'l1-cache-bundle-'));
  const outfile = join(folder.path, 'undici.mjs');
  const contents = "export { Agent, Client, Pool, ProxyAgent, setGlobalDispatcher } from 'undici';";
  // As services are bundled: what is CommonJS asks for Node's modules by a `require` of its own.
  const banner = {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  };
  const stdin = { contents, resolveDir: import.meta.dirname };
  await build({
    stdin,
    banner,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    minify: true,
  });
  const { Agent, Client, Pool, ProxyAgent, setGlobalDispatcher } = await import(pathToFileURL(outfile).href);
  const origin = 'http://127.0.0.1:1';
  for (const plain of [new Agent({ connections: 8 }), new Pool(origin), new ProxyAgent(origin)])
    assert.ok(isPlainDispatcher(plain), plain.constructor.name);
  const factory = (to: string) => new Client(to);
  const composed = new Agent().compose((dispatch: unknown) => dispatch);
  for (const other of [composed, new Agent({ factory })]) assert.ok(!isPlainDispatcher(other));
  setGlobalDispatcher(new Agent());
  const forNode = (globalThis as Record<symbol, unknown>)[Symbol.for('undici.globalDispatcher.1')] as object;
  assert.ok(isUndici8Wrapper(forNode));
  assert.ok(!isUndici8Wrapper(new Agent()));
});
