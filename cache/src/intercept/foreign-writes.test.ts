import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { test } from 'node:test';
import { Agent, request } from 'undici';
import { Agent as Agent7, request as request7 } from 'undici7';
import { watchForeignWrites } from './foreign-writes.ts';
import { createInterceptor } from './interceptor.ts';
import { RequestRules } from './request.ts';
import { startOrigin, TestClock, testReads } from './test-origin.ts';

const put = { method: 'PUT', body: 'new' } as const;
const WRITES: Record<string, (url: string, host: string) => Promise<unknown>> = {
  async 'http.request'(url) {
    const [response] = await once(httpRequest(url, { method: 'PUT' }).end('new'), 'response');
    await once(response.resume(), 'end');
  },
  undici: async (url) => (await request(url, { dispatcher: new Agent(), ...put })).body.dump(),
  'undici 7': async (url) => (await request7(url, { dispatcher: new Agent7(), ...put })).body.dump(),
  'undici, with a Host header': async (url, host) =>
    (await request(url, { dispatcher: new Agent(), headers: { host }, ...put })).body.dump(),
  fetch: async (url) => (await fetch(url, put)).arrayBuffer(),
};

for (const [client, write] of Object.entries(WRITES))
  test(`what was read is read anew after a write that the interceptor did not see, of ${client}`, async () => {
    await using origin = await startOrigin((incoming, response) => {
      incoming.resume();
      response.statusCode = incoming.method === 'PUT' && incoming.url === '/data/refused' ? 403 : 200;
      response.end();
    });
    const clock = new TestClock();
    const http = [{ host: origin.host, path: '/data/*', ttlMs: 60_000 }];
    const reads = testReads(clock, { http });
    const rules = new RequestRules(http);
    watchForeignWrites(reads, rules);
    const agent = new Agent();
    const dispatcher = agent.compose(createInterceptor(reads, rules, 1) as never);
    for (const [path, asked] of [
      ['/data/1', 2],
      ['/data/refused', 1],
    ] as const) {
      for (let reader = 0; reader < 2; reader++) {
        clock.nowMs += 1;
        await (await request(origin.url + path, { dispatcher })).body.dump();
        clock.nowMs += 1;
        if (reader === 0) await write(origin.url + path, origin.host);
      }
      const answered = origin.seen.filter(({ method, url }) => method === 'GET' && url === path);
      assert.equal(answered.length, asked, path);
    }
    assert.equal(reads.coverage.faults, 0);
    await agent.close();
  });
