import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { Agent, errors, request } from 'undici';
import { Agent as Agent7, request as request7 } from 'undici7';
import type { InterceptConfig } from './config.ts';
import type { KeptAnswer } from './http-answer.ts';
import { createInterceptor } from './interceptor.ts';
import { RequestRules } from './request.ts';
import { startOrigin, TestClock, testReads } from './test-origin.ts';

type Answer = Parameters<typeof startOrigin>[0];

async function setUp(answer: Answer, config: Partial<InterceptConfig> = {}, route = {}) {
  const origin = await startOrigin(answer);
  const http = [{ host: origin.host, path: '/data/*', ttlMs: 1000, ...route }];
  const clock = new TestClock();
  const reads = testReads(clock, { http, ...config });
  const interceptor = createInterceptor(reads, new RequestRules(http), 1) as never;
  const agent = new Agent();
  const dispatcher = agent.compose(interceptor);
  const get = async (
    path = '/data/1',
    options: { signal?: AbortSignal; headers?: Record<string, string> } = {},
  ) => {
    const response = await request(origin.url + path, { dispatcher, ...options });
    return {
      status: response.statusCode,
      headers: response.headers,
      body: Buffer.from(await response.body.arrayBuffer()),
    };
  };
  const close = async () => {
    await agent.destroy();
    await origin[Symbol.asyncDispose]();
  };
  return { origin, clock, reads, interceptor, dispatcher, get, [Symbol.asyncDispose]: close };
}

const plain: Answer = (_incoming, response) => void response.end('body');

/** An origin that answers when the test says so. */
function held() {
  const arrivals = new EventEmitter();
  const waiting: ServerResponse[] = [];
  const answer: Answer = (_incoming, response) => {
    waiting.push(response);
    arrivals.emit('arrival');
  };
  const arrived = async (count: number) => {
    while (waiting.length < count) await once(arrivals, 'arrival');
    return waiting;
  };
  return { answer, arrived };
}

test('what no route allows is neither kept nor looked at', async () => {
  await using at = await setUp(plain);
  for (let i = 0; i < 2; i++) await at.get('/other');
  assert.equal(at.origin.seen.length, 2);
  assert.deepEqual([at.reads.coverage.outside, at.reads.store], [2, undefined]);
});

test('every caller gets bytes of its own', async () => {
  await using at = await setUp(plain);
  await at.get();
  const first = await at.get();
  first.body.fill(0);
  assert.equal((await at.get()).body.toString(), 'body');
  assert.equal(first.headers['x-l1-cache'], 'hit');
  assert.equal(at.origin.seen.length, 1);
});

test('every caller gets lists of header values of its own', async () => {
  await using at = await setUp(
    (_incoming, response) => void response.setHeader('link', ['<a>', '<b>']).end(),
  );
  for (let i = 0; i < 3; i++) {
    const { headers } = await at.get();
    assert.deepEqual(headers.link, ['<a>', '<b>']);
    (headers.link as string[]).push('<mine>');
  }
  assert.equal(at.reads.coverage.hits, 2);
});

test('undici 7 and 8 get headers that came twice as two, live and from memory', async () => {
  for (const [its, AgentOfIts] of [
    [request, Agent],
    [request7 as unknown as typeof request, Agent7],
  ] as const) {
    await using at = await setUp(
      (_incoming, response) => void response.setHeader('Link', ['<a>', '<b>']).end(),
    );
    const agent = new AgentOfIts() as Agent;
    const dispatcher = agent.compose(at.interceptor);
    const links = [];
    for (let i = 0; i < 2; i++) {
      const { headers, body } = await its(`${at.origin.url}/data/1`, { dispatcher, responseHeaders: 'raw' });
      await body.dump();
      links.push((headers as unknown as string[]).slice(0, 4));
    }
    assert.deepEqual(links, [
      ['Link', '<a>', 'Link', '<b>'],
      ['link', '<a>', 'link', '<b>'],
    ]);
    assert.equal(at.reads.coverage.hits, 1);
    await agent.close();
  }
});

test('a hit brings the trailers of the live answer', async () => {
  await using at = await setUp((_incoming, response) => {
    response.setHeader('trailer', 'x-sum').write('body');
    response.addTrailers({ 'x-sum': '7' });
    response.end();
  });
  for (let i = 0; i < 2; i++) {
    const { body, trailers } = await request(`${at.origin.url}/data/1`, { dispatcher: at.dispatcher });
    await body.dump();
    assert.deepEqual(trailers, { 'x-sum': '7' });
  }
  assert.equal(at.reads.coverage.hits, 1);
});

test('what a handler throws it hears as an error, from memory as live', async () => {
  await using at = await setUp(plain);
  for (const event of ['onRequestStart', 'onResponseStart', 'onResponseData', 'onResponseEnd']) {
    const heard = [];
    for (let i = 0; i < 2; i++)
      heard.push(
        await new Promise((resolve) => {
          const handler = {
            onRequestStart() {},
            onResponseError: (_controller: unknown, error: Error) => resolve(error.message),
            [event]() {
              throw new Error(event);
            },
          };
          at.dispatcher.dispatch({ origin: at.origin.url, path: '/data/1', method: 'GET' }, handler);
        }),
      );
    await at.get();
    assert.deepEqual(heard, [event, event]);
  }
});

test('a client of undici 7 is served as well', async () => {
  await using at = await setUp(plain);
  const agent = new Agent7();
  const dispatcher = agent.compose(at.interceptor);
  for (let i = 0; i < 2; i++)
    assert.equal(await (await request7(`${at.origin.url}/data/1`, { dispatcher })).body.text(), 'body');
  assert.deepEqual([at.reads.coverage.hits, at.origin.seen.length], [1, 1]);
  await agent.close();
});

test('callers who ask together share one request', async () => {
  const { answer, arrived } = held();
  await using at = await setUp(answer);
  const all = Promise.all(Array.from({ length: 10 }, () => at.get()));
  (await arrived(1))[0]!.end('once');
  assert.deepEqual(new Set((await all).map(({ body }) => body.toString())), new Set(['once']));
  assert.deepEqual([at.origin.seen.length, at.reads.coverage.shared], [1, 9]);
});

test('a waiting caller who gives up does so for itself alone', async () => {
  const { answer, arrived } = held();
  await using at = await setUp(answer);
  const leader = at.get();
  const controller = new AbortController();
  const follower = at.get('/data/1', { signal: controller.signal });
  const [response] = await arrived(1);
  controller.abort(new Error('enough'));
  await assert.rejects(follower, /enough/);
  response!.end('still');
  assert.equal((await leader).body.toString(), 'still');
});

test('a waiting caller has no more patience for the head of an answer than it says', async () => {
  const { answer, arrived } = held();
  await using at = await setUp(answer);
  const leader = at.get();
  const impatient = { dispatcher: at.dispatcher, headersTimeout: 10 };
  const follower = request(`${at.origin.url}/data/1`, impatient);
  await assert.rejects(follower, errors.HeadersTimeoutError);
  (await arrived(1))[0]!.end('late');
  assert.equal((await leader).body.toString(), 'late');
  assert.equal(at.origin.seen.length, 1);
});

test('a waiting caller waits for a body as long as parts of it come in the time it says', async (t) => {
  const { answer, arrived } = held();
  await using at = await setUp(answer);
  const ask = (bodyTimeout: number) =>
    request(`${at.origin.url}/data/1`, { dispatcher: at.dispatcher, headersTimeout: 500, bodyTimeout });
  const leading = ask(3000);
  const [response] = await arrived(1);
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const early = ask(1000);
  response!.write('a');
  const { body } = await leading;
  const late = ask(1000);
  const impatient = assert.rejects(ask(100), errors.BodyTimeoutError);
  let seen = '';
  body.on('data', (chunk) => {
    seen += chunk;
  });
  for (const part of ['b', 'c']) {
    t.mock.timers.tick(900);
    response!.write(part);
    while (!seen.endsWith(part)) await once(body, 'data');
  }
  await impatient;
  response!.end();
  for (const follower of [early, late]) assert.equal(await (await follower).body.text(), 'abc');
  assert.equal(at.origin.seen.length, 1);
});

test('when the caller who asked gives up, one of those who wait asks again', async () => {
  const { answer, arrived } = held();
  await using at = await setUp(answer);
  const controller = new AbortController();
  const leader = at.get('/data/1', { signal: controller.signal });
  const followers = Promise.all([at.get(), at.get()]);
  await arrived(1);
  controller.abort(new Error('enough'));
  await assert.rejects(leader, /enough/);
  (await arrived(2))[1]!.end('second');
  assert.deepEqual(
    (await followers).map(({ body }) => body.toString()),
    ['second', 'second'],
  );
  assert.equal(at.origin.seen.length, 2);
});

test('who waited and has to ask for itself asks as itself, not as the one it waited for', async () => {
  const { answer, arrived } = held();
  await using at = await setUp(answer);
  const user = new AsyncLocalStorage<string>();
  const asked: (string | undefined)[] = [];
  const agent = new Agent();
  const spied = agent
    .compose((dispatch) => (options, handler) => {
      asked.push(user.getStore());
      return dispatch(options, handler);
    })
    .compose(at.interceptor);
  const all = ['alice', 'bob'].map((name) =>
    user.run(name, () => request(`${at.origin.url}/data/1`, { dispatcher: spied })),
  );
  (await arrived(1))[0]!.setHeader('cache-control', 'private').end();
  (await arrived(2))[1]!.end();
  for (const each of all) await (await each).body.dump();
  assert.deepEqual(asked, ['alice', 'bob']);
  await agent.destroy();
});

test('callers who fail one after the other hold nobody up for longer than one may', async (t) => {
  const { answer, arrived } = held();
  await using at = await setUp(answer, { flightWaitMs: 5000 });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const controller = new AbortController();
  const first = at.get('/data/1', { signal: controller.signal });
  const others = [at.get(), at.get()];
  await arrived(1);
  t.mock.timers.tick(3000);
  controller.abort(new Error('enough'));
  await assert.rejects(first, /enough/);
  await arrived(2);
  t.mock.timers.tick(3000);
  for (const response of (await arrived(3)).slice(1)) response.end('body');
  for (const each of others) assert.equal((await each).body.toString(), 'body');
});

test('for an answer that somebody waited for in vain nobody waits again', async (t) => {
  const { answer, arrived } = held();
  await using at = await setUp(answer, { flightWaitMs: 5000 });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const stuck = at.get();
  await arrived(1);
  const waits = at.get();
  t.mock.timers.tick(5000);
  const next = at.get();
  for (const response of (await arrived(3)).slice(1)) response.end('body');
  for (const each of [waits, next]) assert.equal((await each).body.toString(), 'body');
  (await arrived(1))[0]!.end('late');
  assert.equal((await stuck).body.toString(), 'late');
});

test('an answer that may not be shared sends those who wait to ask for themselves', async () => {
  let count = 0;
  await using at = await setUp(
    (_incoming, response) =>
      void response.writeHead(200, { 'cache-control': 'private' }).end(String(++count)),
  );
  const bodies = (await Promise.all([at.get(), at.get(), at.get()])).map(({ body }) => body.toString());
  assert.equal(new Set(bodies).size, 3);
});

test('an answer larger than the limit reaches its caller whole and is not kept', async () => {
  const large = Buffer.alloc(200_000, 'x');
  await using at = await setUp((_incoming, response) => void response.end(large));
  for (let i = 0; i < 2; i++) assert.ok((await at.get()).body.equals(large));
  assert.deepEqual([at.origin.seen.length, at.reads.store], [2, undefined]);
});

test('what is kept holds no memory but its own, and its address is charged', async () => {
  await using at = await setUp((_incoming, response) => void response.end('body'));
  const kept: [memoryBytes: number, sizeBytes: number][] = [];
  const keep = at.reads.keep.bind(at.reads);
  at.reads.keep = (key, answer, sizeBytes) => {
    kept.push([(answer as KeptAnswer).body.buffer.byteLength, sizeBytes]);
    return keep(key, answer, sizeBytes);
  };
  await at.get('/data/1');
  await at.get(`/data/${'1'.repeat(1001)}`);
  assert.deepEqual(
    kept.map(([memoryBytes]) => memoryBytes),
    [4, 4],
  );
  assert.equal(kept[1]![1] - kept[0]![1], 1000);
});

test('streams, ranges, conditional requests and answers cut short are not kept', async () => {
  await using at = await setUp((incoming, response) => {
    if (incoming.url === '/data/events') response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (incoming.url !== '/data/cut') return void response.end('body');
    response.writeHead(200, { 'content-length': '100' }).write('part');
    setImmediate(() => response.destroy());
  });
  await at.get('/data/events');
  await at.get('/data/1', { headers: { range: 'bytes=0-1' } });
  await at.get('/data/1', { headers: { 'if-none-match': '"x"' } });
  await assert.rejects(at.get('/data/cut'));
  assert.equal(at.reads.store, undefined);
  assert.deepEqual(at.reads.coverage.snapshot().bypass, { range: 1, conditional: 1 });
});

test('encoded bytes are for callers who accept that encoding', async () => {
  await using at = await setUp((incoming, response) => {
    const encoded = incoming.headers['accept-encoding'] === 'gzip';
    void response.writeHead(200, encoded ? { 'content-encoding': 'gzip' } : {}).end(encoded ? 'zip' : 'text');
  });
  assert.equal((await at.get('/data/1', { headers: { 'accept-encoding': 'gzip' } })).body.toString(), 'zip');
  assert.equal((await at.get()).body.toString(), 'text');
});

test('a 404 is kept only where the route says for how long', async () => {
  const missing: Answer = (_incoming, response) => void response.writeHead(404).end('none');
  await using without = await setUp(missing);
  await using having = await setUp(missing, {}, { negativeTtlMs: 500 });
  for (const at of [without, having]) for (let i = 0; i < 3; i++) assert.equal((await at.get()).status, 404);
  assert.deepEqual([without.origin.seen.length, having.origin.seen.length], [3, 1]);
});

test('the origin can shorten the life that a route gives, never lengthen it', async () => {
  await using at = await setUp(
    (incoming, response) => {
      const seconds = incoming.url === '/data/short' ? 0.5 : 100;
      void response.writeHead(200, { 'cache-control': `max-age=${Math.round(seconds)}` }).end('x');
    },
    {},
    { ttlMs: 5000 },
  );
  await at.get('/data/long');
  await at.get('/data/short');
  at.clock.nowMs += 1500;
  assert.equal((await at.get('/data/long')).headers['x-l1-cache'], 'hit');
  assert.equal((await at.get('/data/short')).headers['x-l1-cache'], undefined);
  at.clock.nowMs += 4000;
  assert.equal((await at.get('/data/long')).headers['x-l1-cache'], undefined);
});

test('an answer is as old as the request for it, also when no header says so', async () => {
  const { answer, arrived } = held();
  await using at = await setUp(answer, {}, { ttlMs: 60_000 });
  const first = at.get();
  const [response] = await arrived(1);
  at.clock.nowMs += 4000;
  response!.setHeader('cache-control', 'max-age=5').end();
  await first;
  assert.equal((await at.get()).headers.age, '4');
  at.clock.nowMs += 1000;
  const anew = at.get();
  (await arrived(2))[1]!.end();
  assert.equal((await anew).headers.age, undefined);
});

test('an answer asked for before a write is not served after it', async () => {
  const { answer, arrived } = held();
  await using at = await setUp(answer);
  const early = at.get();
  await arrived(1);
  at.clock.nowMs += 1;
  const write = request(`${at.origin.url}/data/1`, { dispatcher: at.dispatcher, method: 'PUT', body: 'new' });
  (await arrived(2))[1]!.end();
  await (await write).body.dump();
  (await arrived(2))[0]!.end('old');
  assert.equal((await early).body.toString(), 'old');
  at.clock.nowMs += 1;
  const late = at.get();
  (await arrived(3))[2]!.end('new');
  assert.equal((await late).body.toString(), 'new');
});

test('a write makes what it is about invalid, whether its Host header or its address says what that is', async () => {
  await using at = await setUp(plain);
  const { dispatcher } = at;
  const named = { dispatcher, headers: { host: at.origin.host } };
  for (const [reader, writer] of [
    [named, { dispatcher }],
    [{ dispatcher }, named],
  ]) {
    await (await request(`${at.origin.url}/data/1`, reader)).body.dump();
    at.clock.nowMs += 1;
    await (await request(`${at.origin.url}/data/1`, { ...writer, method: 'PUT', body: 'new' })).body.dump();
    at.clock.nowMs += 1;
    await (await request(`${at.origin.url}/data/1`, reader)).body.dump();
  }
  assert.equal(at.origin.seen.length, 6);
});

test('what undici refuses is no fault of ours', async () => {
  await using at = await setUp(plain);
  const options = [
    { method: 'GET' },
    { origin: at.origin.url, method: 'GET' },
    { origin: {}, path: '/data/1' },
  ];
  for (const each of options)
    await new Promise((resolve) =>
      at.dispatcher.dispatch(each as never, { onRequestStart() {}, onResponseError: resolve }),
    );
  assert.equal(at.reads.coverage.faults, 0);
});

test('observe serves live answers and counts would-be hits that differ', async () => {
  const bodies = ['a', 'a', 'b'];
  await using at = await setUp((_incoming, response) => void response.end(bodies.shift()), {
    mode: 'observe',
  });
  const got = [await at.get(), await at.get(), await at.get()].map(({ body }) => body.toString());
  assert.deepEqual(got, ['a', 'a', 'b']);
  const { hits, wouldHit, differed, misses } = at.reads.coverage.snapshot();
  assert.deepEqual({ hits, wouldHit, differed, misses }, { hits: 0, wouldHit: 2, differed: 1, misses: 1 });
});

test('a fault of ours costs a counter, and after too many of them everything passes', async () => {
  await using at = await setUp(plain, { maxFaults: 3 });
  at.reads.lookup = () => {
    throw new Error('a fault of ours');
  };
  at.reads.keep = () => {
    throw new Error('another');
  };
  for (let i = 0; i < 6; i++) assert.equal((await at.get()).body.toString(), 'body');
  assert.equal(at.origin.seen.length, 6);
  assert.equal(at.reads.coverage.faults, 3);
});

test('off passes everything', async () => {
  await using at = await setUp(plain, { mode: 'off' });
  for (let i = 0; i < 2; i++) await at.get();
  assert.equal(at.origin.seen.length, 2);
});
