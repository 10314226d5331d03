import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Agent, request, fetch as undiciFetch } from 'undici';
import { wrapFetch } from './fetch.ts';
import { createInterceptor } from './interceptor.ts';
import { RequestRules } from './request.ts';
import { FAULTS, plant } from './test-faults.ts';
import { startOrigin, TestClock, testReads } from './test-origin.ts';

for (const mode of ['on', 'observe'] as const)
  for (const fault of FAULTS)
    test(`${mode}: when ${fault.part}.${fault.method} throws, every request is answered as without us`, async () => {
      let served = 0;
      await using origin = await startOrigin((incoming, response) => {
        served++;
        incoming.resume();
        response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'max-age=60' });
        response.end(`${incoming.method} ${incoming.url}`);
      });
      const clock = new TestClock();
      const http = [{ host: origin.host, path: '/**', ttlMs: 60_000 }];
      const reads = testReads(clock, { http, mode, flightWaitMs: 50 });
      const rules = new RequestRules(http);
      const agent = new Agent();
      const dispatcher = agent.compose(createInterceptor(reads, rules, 1) as never);
      const below = (url: string, init?: object) => undiciFetch(url, { ...init, dispatcher });
      const wrapped = wrapFetch(below as never, reads, rules, () => 1);
      const asks: Record<string, (path: string, init?: { method?: 'GET' | 'POST' }) => Promise<string>> = {
        request: async (path, init) =>
          (await request(origin.url + path, { ...init, dispatcher })).body.text(),
        fetch: async (path, init) => (await below(origin.url + path, init)).text(),
        fast: async (path, init) => (await wrapped(origin.url + path, init)).text(),
      };
      for (const ask of Object.values(asks)) await ask('/held');

      using _ = plant(fault, reads, rules);
      for (const [how, ask] of Object.entries(asks)) {
        assert.equal(await ask('/held'), 'GET /held', `${how}, held`);
        assert.equal(await ask(`/new-${how}`), `GET /new-${how}`, `${how}, new`);
        const together = await Promise.all([1, 2, 3].map(() => ask(`/together-${how}`)));
        assert.deepEqual(together, Array(3).fill(`GET /together-${how}`), `${how}, together`);
        assert.equal(await ask('/held', { method: 'POST' }), 'POST /held', `${how}, write`);
        assert.equal(await ask('/held'), 'GET /held', `${how}, after the write`);
      }
      assert.ok(served > 0);
      await agent.close();
    });

test('a tracer that throws costs no request', async () => {
  await using origin = await startOrigin((_incoming, response) => response.end('x'));
  const http = [{ host: origin.host, path: '/**', ttlMs: 60_000 }];
  const reads = testReads(new TestClock(), { http });
  const agent = new Agent();
  const dispatcher = agent.compose(createInterceptor(reads, new RequestRules(http), 1) as never);
  const api = Symbol.for('opentelemetry.js.api.1');
  const trace = {
    getTracer() {
      throw new Error('planted in the tracer');
    },
  };
  Object.assign(globalThis, { [api]: { trace } });
  try {
    for (let i = 0; i < 3; i++)
      assert.equal(await (await request(origin.url, { dispatcher })).body.text(), 'x');
  } finally {
    Object.assign(globalThis, { [api]: undefined });
  }
  assert.equal(reads.coverage.faults, 2);
  assert.equal(origin.seen.length, 1);
  await agent.close();
});
