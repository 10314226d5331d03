import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, request, fetch as undiciFetch } from 'undici';
import { wrapFetch } from './fetch.ts';
import { createInterceptor } from './interceptor.ts';
import { RequestRules } from './request.ts';
import { startOrigin, TestClock, testReads } from './test-origin.ts';

type HeadersGiven = Record<string, string> | string[] | Iterable<[string, string]>;

/** Every way in which one request may say who asks. The origin answers with all of it. */
const IDENTITIES: Record<
  string,
  (user: string) => { headers?: HeadersGiven; path?: string; query?: Record<string, string>; body?: string }
> = {
  Authorization: (user) => ({ headers: { authorization: `Bearer ${user}` } }),
  'Authorization, basic': (user) => ({ headers: { authorization: `Basic ${btoa(`${user}:x`)}` } }),
  Cookie: (user) => ({ headers: { cookie: `sid=${user}` } }),
  'Proxy-Authorization': (user) => ({ headers: { 'proxy-authorization': user } }),
  'x-user-id': (user) => ({ headers: { 'x-user-id': user } }),
  'x-forwarded-user': (user) => ({ headers: { 'x-forwarded-user': user } }),
  'x-forwarded-for': (user) => ({ headers: { 'x-forwarded-for': user } }),
  'x-forwarded-client-cert': (user) => ({ headers: { 'x-forwarded-client-cert': `Subject=${user}` } }),
  'x-api-key': (user) => ({ headers: { 'x-api-key': user } }),
  'x-jwt-assertion': (user) => ({ headers: { 'x-jwt-assertion': user } }),
  'x-tenant': (user) => ({ headers: { 'x-tenant': user } }),
  baggage: (user) => ({ headers: { baggage: `user=${user}` } }),
  forwarded: (user) => ({ headers: { forwarded: `for=${user}` } }),
  from: (user) => ({ headers: { from: user } }),
  referer: (user) => ({ headers: { referer: `http://app/${user}` } }),
  origin: (user) => ({ headers: { origin: `http://${user}` } }),
  'user-agent': (user) => ({ headers: { 'user-agent': user } }),
  'accept-language': (user) => ({ headers: { 'accept-language': user } }),
  accept: (user) => ({ headers: { accept: `text/${user}` } }),
  'a header nobody has heard of': (user) => ({ headers: { 'x-zyx': user } }),
  'a header spelled in capitals': (user) => ({ headers: { 'X-USER-ID': user } }),
  'headers as a flat list': (user) => ({ headers: ['x-a', '1', 'X-User-Id', user] }),
  'headers as a Headers object': (user) => ({ headers: new Headers({ 'x-user-id': user }) }),
  'headers as a Map': (user) => ({ headers: new Map([['x-user-id', user]]) }),
  'headers as an iterator that can be read once': (user) => ({
    headers: new Map([['x-user-id', user]]).entries(),
  }),
  'the second of two headers of one name': (user) => ({ headers: ['x-role', 'reader', 'x-role', user] }),
  'the query': (user) => ({ path: `/data/profile?user=${user}` }),
  'a token in the query': (user) => ({ path: `/data/profile?a=1&access_token=${user}` }),
  'the query option': (user) => ({ query: { user } }),
  'the path': (user) => ({ path: `/data/${user}` }),
  'the body of a GET': (user) => ({ body: user }),
  'the Host header': (user) => ({ headers: { host: `${user}.mesh` } }),
};

async function setUp() {
  const origin = await startOrigin((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk) => chunks.push(chunk));
    incoming.on('end', () => {
      // No Vary and a long life, as a careless origin would.
      response.writeHead(200, {
        'content-type': 'application/json',
        'cache-control': 'public, max-age=3600',
      });
      response.end(JSON.stringify([incoming.url, incoming.headers, Buffer.concat(chunks).toString()]));
    });
  });
  const routes = [origin.host, '*.mesh'].map((host) => ({
    host,
    path: '/data/*',
    ttlMs: 60_000,
    keyHeaders: ['authorization', 'cookie'],
  }));
  const reads = testReads(new TestClock(), { http: routes });
  const rules = new RequestRules(routes);
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(reads, rules, 1) as never);
  return { origin, reads, rules, agent, dispatcher };
}

for (const [where, how] of Object.entries(IDENTITIES)) {
  test(`user B, told apart by ${where}, never gets the answer of user A`, async () => {
    const { origin, agent, dispatcher } = await setUp();
    await using _ = origin;
    const ask = async (user: string) => {
      const { headers, path = '/data/profile', query, body } = how(user);
      const options = {
        dispatcher,
        method: 'GET' as const,
        ...(headers && { headers }),
        ...(query && { query }),
        ...(body && { body }),
      };
      return (await request(origin.url + path, options)).body.text();
    };
    const a = await ask('alice');
    const b = await ask('bob');
    const together = await Promise.all(['carol', 'dave', 'carol', 'dave'].map(ask));
    const said = /alice|YWxpY2U6/;
    assert.match(a, said);
    assert.doesNotMatch(b, said);
    assert.match(b, /bob|Ym9iOn/);
    for (const [at, user] of ['carol', 'dave', 'carol', 'dave'].entries())
      assert.match(together[at]!, new RegExp(`${user}|${btoa(`${user}:x`).slice(0, 6)}`));
    assert.equal(await ask('bob'), b);
    await agent.close();
  });
}

test('user B, told apart by the TLS server name it asks for, never gets the answer of user A', async () => {
  const { origin, agent, reads, rules } = await setUp();
  await using _ = origin;
  // In the place of a server that answers by that name: one that is told it as a header.
  const dispatcher = agent
    .compose((dispatch) => (options, handler) => {
      const { servername, ...rest } = options as typeof options & { servername: string };
      return dispatch({ ...rest, headers: { 'x-server': servername } }, handler);
    })
    .compose(createInterceptor(reads, rules, 1) as never);
  for (const servername of ['alice.mesh', 'bob.mesh', 'alice.mesh']) {
    const { body } = await request(`${origin.url}/data/profile`, { dispatcher, servername } as never);
    assert.match(await body.text(), new RegExp(servername));
  }
  assert.equal(reads.coverage.hits, 1);
  await agent.close();
});

test('a host that ends like a path is another host', async () => {
  const { origin, agent } = await setUp();
  await using _ = origin;
  const routes = [{ host: '*', path: '/**', ttlMs: 60_000 }];
  const reads = testReads(new TestClock(), { http: routes });
  const dispatcher = agent.compose(createInterceptor(reads, new RequestRules(routes), 1) as never);
  for (const [host, path] of [
    ['a.mesh', '/data/x'],
    ['a.mesh/data', '/x'],
  ] as const)
    await (await request(origin.url + path, { dispatcher, headers: { host } })).body.dump();
  assert.equal(origin.seen.length, 2);
  await agent.close();
});

test('credentials that no route names in keyHeaders pass, and leave nothing behind', async () => {
  const { origin, agent } = await setUp();
  await using _ = origin;
  const routes = [{ host: origin.host, path: '/data/*', ttlMs: 60_000 }];
  const reads = testReads(new TestClock(), { http: routes });
  const dispatcher = agent.compose(createInterceptor(reads, new RequestRules(routes), 1) as never);
  for (const headers of [{ authorization: 'a' }, { cookie: 'a' }, { 'proxy-authorization': 'a' }])
    await (await request(`${origin.url}/data/x`, { dispatcher, headers })).body.dump();
  assert.equal(reads.store, undefined);
  assert.deepEqual(reads.coverage.snapshot().bypass, { credentials: 3 });
  await agent.close();
});

test('no key tells who asked', async () => {
  const { rules, origin } = await setUp();
  await using _ = origin;
  const decision = rules.decide({
    scope: 1,
    method: 'GET',
    origin: origin.url,
    path: '/data/profile',
    headers: { authorization: 'Bearer alice', 'x-user-id': 'alice' },
    hasBody: false,
    isUpgrade: false,
  });
  assert.equal(decision.kind, 'read');
  assert.doesNotMatch(JSON.stringify(decision), /alice/);
});

test('a name and password in the address are sent by no client, so they tell nobody apart', async () => {
  const { origin, agent, dispatcher } = await setUp();
  await using _ = origin;
  const url = origin.url.replace('//', '//alice:secret@');
  await (await request(`${url}/data/profile`, { dispatcher })).body.dump();
  assert.equal(origin.seen.at(-1)!.headers.authorization, undefined);
  await assert.rejects(undiciFetch(`${url}/data/profile`, { dispatcher }), TypeError);
  await agent.close();
});

test('an answer that sets a cookie is not kept', async () => {
  await using origin = await startOrigin((_incoming, response) =>
    response.writeHead(200, { 'set-cookie': `sid=${Math.random()}`, 'cache-control': 'max-age=60' }).end('x'),
  );
  const routes = [{ host: origin.host, path: '/**', ttlMs: 60_000 }];
  const reads = testReads(new TestClock(), { http: routes });
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(reads, new RequestRules(routes), 1) as never);
  for (let i = 0; i < 2; i++) await (await request(`${origin.url}/x`, { dispatcher })).body.dump();
  assert.equal(origin.seen.length, 2);
  assert.deepEqual(reads.coverage.snapshot().notStored, { 'set-cookie': 2 });
  await agent.close();
});

test('the fast path of fetch tells users apart as well', async () => {
  const { origin, reads, rules, agent, dispatcher } = await setUp();
  await using _ = origin;
  const wrapped = wrapFetch(
    (input, init) => undiciFetch(input as never, { ...init, dispatcher } as never) as never,
    reads,
    rules,
    () => 1,
  );
  const ask = async (user: string) =>
    (await wrapped(`${origin.url}/data/profile`, { headers: { 'x-user-id': user } })).text();
  const a = await ask('alice');
  assert.equal(await ask('alice'), a);
  assert.match(await ask('bob'), /bob/);
  assert.doesNotMatch(await ask('bob'), /alice/);
  assert.deepEqual(reads.coverage.snapshot().byClient, { fetch: 2 });
  await agent.close();
});
