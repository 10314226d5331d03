import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import { Agent, request, fetch as undiciFetch } from 'undici';
import { wrapFetch } from './fetch.ts';
import { createInterceptor } from './interceptor.ts';
import { RequestRules } from './request.ts';
import { startOrigin, TestClock, testReads } from './test-origin.ts';

const API = Symbol.for('opentelemetry.js.api.1');
const user = new AsyncLocalStorage<string>();
let traces = 0;
/** As OpenTelemetry's, with its usual propagators: the trace and the baggage. */
const openTelemetry = {
  context: { active: () => user.getStore() },
  propagation: {
    inject(name: string, carrier: object, setter: { set(...args: unknown[]): void }) {
      setter.set(carrier, 'traceparent', `00-${++traces}`);
      setter.set(carrier, 'Baggage', `user=${name}`);
    },
  },
};

test('user B, told apart by the baggage that OpenTelemetry adds below the cache, never gets the answer of user A', async () => {
  await using origin = await startOrigin((incoming, response) => response.end(incoming.headers.baggage));
  const routes = [{ host: origin.host, path: '/data/*', ttlMs: 60_000 }];
  const reads = testReads(new TestClock(), { http: routes });
  const rules = new RequestRules(routes);
  const agent = new Agent();
  const dispatcher = agent
    .compose((dispatch) => (options, handler) => {
      const headers = { baggage: `user=${user.getStore()}` };
      return dispatch({ ...options, headers }, handler);
    })
    .compose(createInterceptor(reads, rules, 1) as never);
  const below = (input: unknown, init?: object) => undiciFetch(input as never, { ...init, dispatcher });
  const wrapped = wrapFetch(below as never, reads, rules, () => 1);
  const url = `${origin.url}/data/profile`;
  const asks = {
    'undici.request': async () => (await request(url, { dispatcher })).body.text(),
    fetch: async () => (await wrapped(url)).text(),
  };
  Object.assign(globalThis, { [API]: openTelemetry });
  try {
    for (const ask of Object.values(asks))
      for (const name of ['alice', 'bob', 'alice'])
        assert.equal(await user.run(name, () => ask()), `user=${name}`);
  } finally {
    Object.assign(globalThis, { [API]: undefined });
  }
  assert.deepEqual([origin.seen.length, reads.coverage.faults], [2, 0]);
  assert.deepEqual(reads.coverage.snapshot().byClient, { undici: 1, fetch: 3 });
  await agent.close();
});
