import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { patchIoredis } from './ioredis.ts';
import { patchNodeRedis } from './node-redis.ts';
import { TestClock, testReads } from './test-origin.ts';

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'l1-redis-'));
const path = join(folder, 'redis.sock');
const server = spawn('redis-server', [
  '--port',
  '0',
  '--unixsocket',
  path,
  '--save',
  '',
  '--appendonly',
  'no',
]);

const clock = new TestClock();
const reads = testReads(clock, { redis: [{ keys: 'price.*', ttlMs: 1000 }] });
patchIoredis(require('ioredis'), reads);
patchNodeRedis(require('@redis/client/dist/lib/client/index.js'), reads);

before(async () => {
  for await (const line of server.stdout) if (String(line).includes('eady to accept')) break;
});
after(() => {
  server.kill();
  rmSync(folder, { recursive: true });
});

/** A client that the cache knows nothing of: the truth. */
async function truth(...args: string[]): Promise<void> {
  const { execFileSync } = await import('node:child_process');
  execFileSync('redis-cli', ['-s', path, ...args]);
}

const ioredis = () => new Redis({ path, lazyConnect: true, retryStrategy: () => null });
const nodeRedis = () => createClient({ socket: { path, tls: false } });

test('ioredis reads an allowed key once, until its life ends', async () => {
  const client = ioredis();
  await client.set('price.1', 'old');
  clock.nowMs += 1;
  assert.equal(await client.get('price.1'), 'old');
  await truth('SET', 'price.1', 'new');
  assert.equal(await client.get('price.1'), 'old');
  assert.deepEqual(await client.mget('price.1'), ['old']);
  clock.nowMs += 1000;
  assert.equal(await client.get('price.1'), 'new');
  client.disconnect();
});

test('ioredis gives bytes where bytes are asked for, a copy each time, and calls back', async () => {
  const client = ioredis();
  await client.set('price.2', 'abc');
  clock.nowMs += 1;
  const first = await client.getBuffer('price.2');
  first![0] = 0;
  const second = await client.getBuffer('price.2');
  assert.equal(second!.toString(), 'abc');
  assert.equal(await client.get('price.2'), 'abc');
  const called = await new Promise((resolve) => client.get('price.2', (_error, value) => resolve(value)));
  assert.equal(called, 'abc');
  client.disconnect();
});

for (const [name, open] of Object.entries({ ioredis, nodeRedis })) {
  test(`${name}: a write through any client of the process is seen by the next read`, async () => {
    const reader = open() as ReturnType<typeof nodeRedis>;
    const writer = open() as ReturnType<typeof nodeRedis>;
    await reader.connect();
    await writer.connect();
    await writer.set('price.3', 'one');
    clock.nowMs += 1;
    assert.equal(await reader.get('price.3'), 'one');
    assert.equal(await reader.get('price.3'), 'one');
    clock.nowMs += 1;
    await writer.multi().set('price.3', 'two').exec();
    clock.nowMs += 1;
    assert.equal(await reader.get('price.3'), 'two');
    clock.nowMs += 1;
    await writer.del('price.3');
    clock.nowMs += 1;
    assert.equal(await reader.get('price.3'), null);
    await reader.disconnect();
    await writer.disconnect();
  });

  test(`${name}: keys that no route allows, and connections in a transaction, are read live`, async () => {
    const client = open() as ReturnType<typeof nodeRedis>;
    await client.connect();
    await client.set('session.1', 'a');
    await client.set('price.4', 'a');
    clock.nowMs += 1;
    await client.get('session.1');
    await truth('SET', 'session.1', 'b');
    assert.equal(await client.get('session.1'), 'b');
    await client.get('price.4');
    await client.watch('price.4');
    await truth('SET', 'price.4', 'b');
    assert.equal(await client.get('price.4'), 'b');
    await client.disconnect();
  });

  test(`${name}: the same key of another database is another value`, async () => {
    const first = open() as ReturnType<typeof nodeRedis>;
    await first.connect();
    await truth('SET', 'price.5', 'zero');
    await truth('-n', '1', 'SET', 'price.5', 'one');
    assert.equal(await first.get('price.5'), 'zero');
    await first.select(1);
    assert.equal(await first.get('price.5'), 'one');
    await first.disconnect();
  });
}

test('ioredis: what a transaction does is seen when it is done, not when it is queued', async () => {
  const [writer, reader] = [ioredis(), ioredis()];
  await truth('SET', 'price.10', 'old');
  await writer.multi({ pipeline: false });
  await writer.set('price.10', 'new');
  clock.nowMs += 1;
  assert.equal(await reader.get('price.10'), 'old');
  clock.nowMs += 1;
  await writer.exec();
  clock.nowMs += 1;
  assert.equal(await reader.get('price.10'), 'new');
  writer.disconnect();
  reader.disconnect();
});

test('a write as another user through another library is seen by the next read', async () => {
  await truth('ACL', 'SETUSER', 'writer', 'on', '>w', '~*', '+@all');
  const reader = ioredis();
  const writer = createClient({ socket: { path, tls: false }, username: 'writer', password: 'w' });
  await writer.connect();
  for (const value of ['one', 'two']) {
    clock.nowMs += 1;
    await writer.set('price.8', value);
    clock.nowMs += 1;
    assert.equal(await reader.get('price.8'), value);
  }
  reader.disconnect();
  writer.destroy();
});

test('of a write only keys that may be held are remembered, not its value', async () => {
  const noted: string[] = [];
  const changed = reads.changed.bind(reads);
  reads.changed = (address) => {
    noted.push(address);
    changed(address);
  };
  const [first, second] = [ioredis(), nodeRedis()];
  await second.connect();
  const value = `price.${'x'.repeat(100_000)}`;
  for (const client of [first, second]) await client.set('price.9', value);
  for (const client of [first, second]) await client.set('session.9', 'x');
  assert.deepEqual([...new Set(noted)], ['redis price.9']);
  first.disconnect();
  second.destroy();
});

test('node-redis reads an allowed key once, with MGET all or nothing', async () => {
  const client = nodeRedis();
  await client.connect();
  await truth('MSET', 'price.6', 'a', 'price.7', 'b');
  assert.equal(await client.get('price.6'), 'a');
  await truth('MSET', 'price.6', 'A', 'price.7', 'B');
  assert.equal(await client.get('price.6'), 'a');
  assert.deepEqual(await client.mGet(['price.6', 'price.7']), ['A', 'B']);
  assert.equal(reads.coverage.faults, 0);
  await client.disconnect();
});

test('observe serves live values and counts those that differ from what was held', async () => {
  // On a subclass, and for keys that the first patch does not know, so that the two do not meet.
  class Observed extends Redis {}
  const observing = testReads(clock, { mode: 'observe', redis: [{ keys: 'stock.*', ttlMs: 1000 }] });
  patchIoredis({ Redis: Observed }, observing);
  const client = new Observed({ path, keyPrefix: 'stock.', retryStrategy: () => null });
  for (const value of ['a', 'a', 'b']) {
    await truth('SET', 'stock.1', value);
    assert.equal(await client.get('1'), value);
  }
  const { hits, wouldHit, differed } = observing.coverage.snapshot();
  assert.deepEqual({ hits, wouldHit, differed }, { hits: 0, wouldHit: 2, differed: 1 });
  client.disconnect();
});
