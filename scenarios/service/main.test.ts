import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../test-redis.ts';
import { buildTopology } from '../topology/build.ts';
import type { PodConfig, PodMemory } from './protocol.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

async function startProgram(t: TestContext): Promise<{ program: ChildProcess; control: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'l1bench-pod-'));
  const [port, controlPort] = (await freePorts(2)) as [number, number];
  const config: PodConfig = {
    runId: 'test',
    serviceIndex: 0,
    seed: 1,
    topology: buildTopology({ services: 4, seed: 1, fanOutMean: 2, fanOutDistribution: 'constant' }),
    fanOut: 'parallel',
    budgetBytes: 8 * 1024 * 1024,
    epochMs: 0,
    timeScale: 1,
    listen: { host: '127.0.0.1', port, controlPort },
    outbound: { kind: 'sidecar', host: '127.0.0.1', port: 1 },
    sharedRedis: { host: '127.0.0.1', port: 1 },
    sidecarRedis: { host: '127.0.0.1', port: 1 },
  };
  await writeFile(join(folder, 'pod.json'), JSON.stringify(config));
  const program = spawn(
    process.execPath,
    ['--conditions=l1-source', '--expose-gc', MAIN, join(folder, 'pod.json')],
    { stdio: ['pipe', 'ignore', 'inherit'] },
  );
  t.after(async () => {
    program.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });
  const control = `http://127.0.0.1:${controlPort}`;
  const deadline = Date.now() + 30_000;
  for (;;) {
    const ready = await fetch(`${control}/ready`).catch(() => null);
    if (ready?.status === 200) break;
    assert.ok(Date.now() < deadline && program.exitCode === null, 'the pod did not become ready');
    await sleep(20);
  }
  return { program, control };
}

test('the program serves its control port and ends by itself when its starter is gone', async (t) => {
  const { program, control } = await startProgram(t);
  const post = (path: string, body?: object): Promise<Response> =>
    fetch(`${control}${path}`, { method: 'POST', ...(body && { body: JSON.stringify(body) }) });
  assert.equal((await post('/scenario', { name: 'no-cache' })).status, 200);
  const unknown = await post('/scenario', { name: 'magic' });
  assert.equal(unknown.status, 500);
  assert.match(await unknown.text(), /no scenario called magic/);
  assert.equal((await post('/block/start')).status, 200);
  assert.deepEqual(await (await fetch(`${control}/hits`)).json(), { reads: 0, hits: 0 });
  const block = (await (await post('/block/stop')).json()) as { requests: number; timerCostNs: number };
  assert.equal(block.requests, 0);
  assert.ok(block.timerCostNs > 0);
  const memory = (await (await post('/memory')).json()) as { heapUsedBytes: number };
  assert.ok(memory.heapUsedBytes > 1e6);
  assert.equal((await post('/nowhere')).status, 404);
  program.stdin?.end();
  assert.deepEqual(await once(program, 'exit'), [0, null]);
});

test('the heap that start-up left is given back before memory is read', async (t) => {
  const { control } = await startProgram(t);
  const answer = await fetch(`${control}/memory`, { method: 'POST' });
  const { heapUsedBytes, heapTotalBytes } = (await answer.json()) as PodMemory;
  assert.ok(heapTotalBytes < 1.4 * heapUsedBytes, `${heapTotalBytes} B for ${heapUsedBytes} B in use`);
});

test('SIGTERM ends the program cleanly', async (t) => {
  const { program } = await startProgram(t);
  program.kill('SIGTERM');
  assert.deepEqual(await once(program, 'exit'), [0, null]);
});
