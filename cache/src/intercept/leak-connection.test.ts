import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, getGlobalDispatcher, request, setGlobalDispatcher } from 'undici';
import { wrapFetch } from './fetch.ts';
import { currentScope, installDispatcher } from './install-dispatcher.ts';
import { createInterceptor } from './interceptor.ts';
import { RequestRules } from './request.ts';
import { startOrigin, TestClock, testReads } from './test-origin.ts';

/*
 * A client certificate, a proxy's token: an identity that lies in the connection and that no request shows. Here it is
 * the address that an agent connects from, which the origin answers with.
 */
const ALICE = '127.0.0.2';
const BOB = '127.0.0.3';

test('user B, told apart by the agent alone, never gets the answer of user A', async () => {
  await using origin = await startOrigin((incoming, response) =>
    response.writeHead(200, { 'cache-control': 'public, max-age=60' }).end(incoming.socket.remoteAddress),
  );
  const url = `${origin.url}/data/profile`;
  const routes = [{ host: origin.host, path: '/data/*', ttlMs: 60_000 }];
  const reads = testReads(new TestClock(), { http: routes });
  const rules = new RequestRules(routes);
  const become = (agent: Agent) => {
    setGlobalDispatcher(agent);
    installDispatcher((scope) => createInterceptor(reads, rules, scope));
    return getGlobalDispatcher();
  };
  const plain = globalThis.fetch;
  const wrapped = wrapFetch(plain, reads, rules, currentScope);
  const asks = {
    'undici.request': async () => (await request(url)).body.text(),
    fetch: async () => (await plain(url)).text(),
    'fetch, fast path': async () => (await wrapped(url)).text(),
  };
  const bare = {
    alice: new Agent({ localAddress: ALICE }),
    bob: new Agent({ localAddress: BOB }),
  };
  const alice = become(bare.alice);
  for (const [how, ask] of Object.entries(asks)) assert.equal(await ask(), ALICE, how);
  const bob = become(bare.bob);
  for (const [how, ask] of Object.entries(asks)) assert.equal(await ask(), BOB, how);
  // Back to a dispatcher that was composed before, as the global one and for one request.
  setGlobalDispatcher(alice);
  installDispatcher((scope) => createInterceptor(reads, rules, scope));
  for (const [how, ask] of Object.entries(asks)) assert.equal(await ask(), ALICE, how);
  assert.equal(await (await request(url, { dispatcher: bob })).body.text(), BOB);
  assert.equal(await (await request(url, { dispatcher: bare.bob })).body.text(), BOB);
  assert.equal(reads.coverage.faults, 0);
  assert.ok(reads.coverage.snapshot().hits > 0);
  await Promise.all([bare.alice.close(), bare.bob.close()]);
});
