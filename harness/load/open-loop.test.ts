import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { decodeDistribution, quantileNs } from '../../reports/statistics/distribution.ts';
import { buildTopology } from '../../scenarios/topology/build.ts';
import { listMarked, RUN_FOLDER_VARIABLE } from '../journal/marked-processes.ts';
import type { LoadPlan } from './driver.ts';
import { openLoopDriver } from './open-loop.ts';

const topology = buildTopology({ services: 5, seed: 1, fanOutMean: 3, fanOutDistribution: 'constant' });
const plan: LoadPlan = {
  topology,
  seed: 1,
  stream: 0,
  ratePerSecond: 200,
  durationMs: 1_000,
  workload: { kind: 'synthetic' },
};
const never = new AbortController().signal;

/** A server on loopback whose answers the test decides. */
async function serve(answer: Parameters<typeof createServer>[1]) {
  const server = createServer(answer as never);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    to: () => ({ host: '127.0.0.1', port, hostHeader: 'svc.mesh' }),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test('every scheduled request is sent and counted once, with one latency each', async () => {
  await using server = await serve((_request, response) => response.end());
  await using driver = await openLoopDriver({});
  const load = await driver.run(plan, server.to, never);
  assert.ok(load.scheduled > 100);
  assert.deepEqual([load.completed, load.errors, load.unsent], [load.scheduled, 0, 0]);
  assert.equal(decodeDistribution(load.latencyNs).n, load.scheduled);
});

test('a stall is charged to the requests that were due during it, not only to the one that met it', async () => {
  let stallUntilMs = 0;
  let seen = 0;
  await using server = await serve((_request, response) => {
    seen += 1;
    if (seen === 50) stallUntilMs = performance.now() + 300;
    setTimeout(() => response.end(), Math.max(0, stallUntilMs - performance.now()));
  });
  await using driver = await openLoopDriver({});
  const load = await driver.run(plan, server.to, never);
  // 300 ms at 200/s hold about 60 arrivals; a closed loop would have recorded one slow request.
  const latency = decodeDistribution(load.latencyNs);
  const slow = latency.valuesNs.reduce((n, value, i) => n + (value > 50e6 ? latency.counts[i]! : 0), 0);
  assert.ok(slow > 25, `${slow} requests above 50 ms`);
});

test('an answer other than 200 is an error and no latency', async () => {
  await using server = await serve((_request, response) => {
    response.statusCode = 503;
    response.end();
  });
  await using driver = await openLoopDriver({});
  const load = await driver.run({ ...plan, durationMs: 200 }, server.to, never);
  assert.equal(load.errors, load.scheduled);
  assert.equal(load.latencyNs, null);
  assert.match(load.firstError ?? '', /HTTP 503/);
});

test('requests that are never answered are errors, and the driver goes on', async () => {
  await using server = await serve(() => {});
  await using driver = await openLoopDriver({});
  const silent = await driver.run({ ...plan, durationMs: 100 }, server.to, never);
  assert.equal(silent.errors, silent.scheduled);
  await using answering = await serve((_request, response) => response.end());
  const next = await driver.run({ ...plan, durationMs: 100 }, answering.to, never);
  assert.equal(next.completed, next.scheduled);
});

test('a run that is interrupted, before it starts or under way, says so and leaves nothing unhandled', async () => {
  await using server = await serve(() => {});
  await using driver = await openLoopDriver({});
  const reason = new Error('Ctrl-C');
  await assert.rejects(driver.run(plan, server.to, AbortSignal.abort(reason)), reason);
  const interrupt = new AbortController();
  const running = driver.run(plan, server.to, interrupt.signal);
  interrupt.abort(reason);
  await assert.rejects(running, reason);
});

test('a generator that is killed is named as what failed', {
  skip: process.platform !== 'linux',
}, async () => {
  await using server = await serve(() => {});
  const marked = { [RUN_FOLDER_VARIABLE]: '/no/such/runs/killed-generator' };
  await using driver = await openLoopDriver(marked);
  const running = driver.run(plan, server.to, never);
  for (const { pid } of listMarked('/no/such/runs')) process.kill(pid, 'SIGKILL');
  const error = { code: 'LOAD_GENERATOR_FAILED', message: /ended with SIGKILL/ };
  await assert.rejects(running, error);
  await assert.rejects(driver.run(plan, server.to, never), error);
});

test('service time never exceeds latency at the median', async () => {
  await using server = await serve((_request, response) => response.end());
  await using driver = await openLoopDriver({});
  const load = await driver.run(plan, server.to, never);
  const p50 = (encoded: string | null) => quantileNs(decodeDistribution(encoded), 0.5)!;
  assert.ok(p50(load.serviceTimeNs) <= p50(load.latencyNs));
});
