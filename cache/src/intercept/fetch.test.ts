import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, setGlobalDispatcher } from 'undici';
import { wrapFetch } from './fetch.ts';
import { createInterceptor } from './interceptor.ts';
import { RequestRules } from './request.ts';
import { startOrigin, TestClock, testReads } from './test-origin.ts';

/** Node's own `fetch` with the cache below it, and the fast path before it; the origin answers with who asked. */
async function setUp() {
  const origin = await startOrigin((incoming, response) => {
    if (incoming.url === '/data/links') response.setHeader('link', ['<a>', '<b>']);
    response.end(`${incoming.method} as ${incoming.headers['x-user'] ?? 'nobody'}`);
  });
  const http = [{ host: origin.host, path: '/data/*', ttlMs: 60_000 }];
  const reads = testReads(new TestClock(), { http });
  const rules = new RequestRules(http);
  const agent = new Agent();
  setGlobalDispatcher(agent.compose(createInterceptor(reads, rules, 1) as never));
  const wrapped = wrapFetch(fetch, reads, rules, () => 1);
  const ask = (init?: unknown, path = '/data/1') => wrapped(origin.url + path, init as RequestInit);
  const close = async () => {
    await agent.destroy();
    await origin[Symbol.asyncDispose]();
  };
  return { reads, ask, [Symbol.asyncDispose]: close };
}

/** A caller who says who it is, in ways that `fetch` takes and changes on the way, or can read only once. */
const NAMED: Record<string, () => unknown> = {
  undefined: () => ({ headers: { 'x-user': undefined } }),
  null: () => ({ headers: { 'x-user': null } }),
  7: () => ({ headers: { 'x-user': 7 } }),
  generator: () => ({
    headers: (function* () {
      yield ['x-user', 'generator'];
    })(),
  }),
  map: () => ({ headers: new Map([['x-user', 'map']]) }),
  list: () => ({ headers: [['x-user', 'list']] }),
  Headers: () => ({ headers: new Headers({ 'x-user': 'Headers' }) }),
};

for (const [user, init] of Object.entries(NAMED))
  test(`the caller named ${user} gets its own answer, live and from memory`, async () => {
    await using at = await setUp();
    for (let i = 0; i < 2; i++) assert.equal(await (await at.ask()).text(), 'GET as nobody');
    for (let i = 0; i < 2; i++) assert.equal(await (await at.ask(init())).text(), `GET as ${user}`);
    assert.deepEqual([at.reads.coverage.hits, at.reads.coverage.faults], [2, 0]);
  });

test('a caller without a signal that says so is served, and is no fault', async () => {
  await using at = await setUp();
  for (let i = 0; i < 2; i++) await (await at.ask({ signal: null })).text();
  const { byClient, faults } = at.reads.coverage.snapshot();
  assert.deepEqual([byClient, faults], [{ fetch: 1 }, 0]);
});

test('what fetch refuses it refuses also when the answer is held', async () => {
  await using at = await setUp();
  await (await at.ask()).text();
  for (const init of [{ headers: null }, { headers: [['x-user']] }, { headers: 'x-user' }, { signal: {} }])
    await assert.rejects(at.ask(init), TypeError);
});

test('options that are getters of a class are read', async () => {
  await using at = await setUp();
  await (await at.ask()).text();
  class Post {
    get method() {
      return 'POST';
    }
  }
  assert.equal(await (await at.ask(new Post())).text(), 'POST as nobody');
});

test('a header that came twice reads as it did live', async () => {
  await using at = await setUp();
  const links: (string | null)[] = [];
  for (let i = 0; i < 2; i++) links.push((await at.ask({}, '/data/links')).headers.get('link'));
  assert.deepEqual(links, ['<a>, <b>', '<a>, <b>']);
});

test('nobody can change the headers of a response, live or from memory', async () => {
  await using at = await setUp();
  for (let i = 0; i < 2; i++) {
    const { headers } = await at.ask();
    for (const change of ['set', 'append', 'delete'] as const)
      assert.throws(() => headers[change]('x-user', 'me'), { name: 'TypeError', message: 'immutable' });
    assert.equal(new Headers(headers).get('content-length'), '13');
  }
  assert.equal(at.reads.coverage.hits, 1);
});

test('a caller who gives up after the response gets no body, live or from memory', async () => {
  await using at = await setUp();
  const read = {
    text: (response: Response) => response.text(),
    blob: (response: Response) => response.blob(),
    body: ({ body }: Response) => Array.fromAsync(body!),
  };
  for (const [name, body] of Object.entries(read))
    for (let i = 0; i < 2; i++) {
      const controller = new AbortController();
      const response = await at.ask({ signal: controller.signal }, `/data/${name}`);
      controller.abort();
      await assert.rejects(body(response), { name: 'AbortError' });
    }
});
