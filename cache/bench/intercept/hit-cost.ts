/*
 * What one read costs at the client, answered from memory and from a loopback origin in another thread, each read
 * timed by itself, in alternating rounds of one process. One JSON object a line: figure, value, unit, n, how.
 * The floor is undici.request over a dispatcher that does nothing but answer at once: what the client costs whoever
 * answers it. Medians; on a busy machine only the ratios mean something. Run: node cache/bench/intercept/hit-cost.ts
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Dispatcher, request } from 'undici';
import { HANDLE, type InterceptHandle, install } from '../../src/intercept/install.ts';

const ROUNDS = 20;
const READS = 250;
const BODY = 850;

const origin = new Worker(
  `const { parentPort } = require('node:worker_threads');
   const body = JSON.stringify({ text: 'x'.repeat(${BODY - 11}) });
   const server = require('node:http').createServer((q, r) => { r.setHeader('content-type', 'application/json'); r.end(body); });
   server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`,
  { eval: true },
);
const [port] = (await once(origin, 'message')) as [number];
const hit = `http://127.0.0.1:${port}/kept/1`;
const miss = `http://127.0.0.1:${port}/live/1`;
const bare = globalThis.fetch;
install({
  L1_CONFIG: JSON.stringify({ http: [{ host: `127.0.0.1:${port}`, path: '/kept/*', ttlMs: 3_600_000 }] }),
});

const kept = Buffer.from(JSON.stringify({ text: 'x'.repeat(BODY - 11) }));
const headers = { 'content-type': 'application/json', 'content-length': String(kept.byteLength) };
const controller = {
  aborted: false,
  reason: null,
  paused: false,
  rawHeaders: [],
  abort() {},
  pause() {},
  resume() {},
};
const atOnce = {
  dispatch(_options: unknown, handler: Dispatcher.DispatchHandler) {
    handler.onRequestStart?.(controller, null);
    handler.onResponseStart?.(controller, 200, headers, 'OK');
    handler.onResponseData?.(controller, Buffer.from(kept));
    handler.onResponseEnd?.(controller, {});
    return true;
  },
} as unknown as Dispatcher;

const reads: Record<string, () => Promise<unknown>> = {
  'fetch, hit in the fast path': async () => (await fetch(hit)).json(),
  'fetch, hit in the dispatcher': async () => (await bare(hit)).json(),
  'undici.request, hit': async () => (await request(hit)).body.json(),
  'undici.request, hit, three headers of the caller in the key': async () =>
    (
      await request(hit, { headers: { accept: 'application/json', 'x-user-id': '17', 'x-tenant': 'a' } })
    ).body.json(),
  'undici.request, floor: answered at once by nobody': async () =>
    (await request(hit, { dispatcher: atOnce })).body.json(),
  'fetch, loopback': async () => (await fetch(miss)).json(),
  'undici.request, loopback': async () => (await request(miss)).body.json(),
};
const samples = Object.fromEntries(Object.keys(reads).map((name) => [name, [] as number[]]));
for (let round = 0; round < ROUNDS; round++)
  for (const [name, read] of Object.entries(reads))
    for (let i = 0; i < READS; i++) {
      const startedUs = performance.now() * 1000;
      await read();
      samples[name]!.push(performance.now() * 1000 - startedUs);
    }
const how = `median of single reads incl. JSON of ${BODY} B, first quarter dropped as warm-up; no proxy, no TLS`;
for (const [name, all] of Object.entries(samples)) {
  const warm = all.slice(all.length / 4).sort((a, b) => a - b);
  const value = Math.round(warm[warm.length >> 1]! * 100) / 100;
  console.log(JSON.stringify({ figure: name, value, unit: 'us', n: warm.length, how }));
}
const handle = (globalThis as unknown as Record<symbol, InterceptHandle>)[HANDLE]!;
console.log(JSON.stringify({ figure: 'coverage', value: handle.coverage() }));
await origin.terminate();
