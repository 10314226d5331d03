import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { type Sidecar, startSidecar } from './server.ts';

/* The same program, asked of the container and of the real redis-server. */

const folder = mkdtempSync(join(tmpdir(), 'l1-like-redis-'));
const paths = { redis: join(folder, 'redis.sock'), ours: join(folder, 'l1.sock') };
const redis = spawn('redis-server', ['--port', '0', '--unixsocket', paths.redis, '--save', '']);
let ours: Sidecar;

before(async () => {
  ours = await startSidecar({ budgetBytes: 8 << 20, socketPath: paths.ours });
  for await (const line of redis.stdout) if (String(line).includes('eady to accept')) break;
});
after(async () => {
  redis.kill();
  await ours[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Runs a program with a client of each server, empty before, and compares what it returns. */
async function same<T>(program: (client: Redis, path: string) => Promise<T>): Promise<T> {
  const results = [];
  for (const path of [paths.redis, paths.ours]) {
    const client = new Redis({ path, retryStrategy: () => null });
    await client.flushall();
    results.push(await program(client, path));
    client.disconnect();
  }
  assert.deepEqual(results[1], results[0]);
  return results[1]!;
}

const KEYS = Array.from({ length: 500 }, (_, i) => `${i % 2 ? 'odd' : 'even'}.${i}`);
const fill = (client: Redis) => client.mset(Object.fromEntries(KEYS.map((key) => [key, 'x'])));

test('ioredis finds all keys with scanStream', async () => {
  const found = await same(async (client) => {
    await fill(client);
    const batches: string[][] = await client.scanStream({ match: 'odd.*', count: 20 }).toArray();
    return batches.flat().sort();
  });
  assert.equal(found.length, 250);
});

test('node-redis finds all keys with scanIterator', async () => {
  const found = await same(async (other, path) => {
    await fill(other);
    const client = await createClient({ socket: { path, tls: false } }).connect();
    const batches = await Array.fromAsync(client.scanIterator({ MATCH: '*.1?', TYPE: 'string' }));
    client.destroy();
    return batches.flat().sort();
  });
  assert.equal(found.length, 10);
});

test('redis-cli --scan finds all keys', async () => {
  const found = await same(async (client, path) => {
    await fill(client);
    const { stdout } = await promisify(execFile)('redis-cli', ['-s', path, '--scan', '--pattern', 'even.*']);
    return stdout.trim().split('\n').sort();
  });
  assert.equal(found.length, 250);
});

test('a scan leaves out what has expired', async () => {
  await same(async (client) => {
    await client.set('gone', 'x', 'PX', 1);
    await client.set('here', 'x');
    while ((await client.exists('gone')) > 0);
    return (await client.scanStream().toArray()).flat();
  });
});

test('a step of a scan gives no more than COUNT asks for', async () => {
  const client = new Redis({ path: paths.ours, retryStrategy: () => null });
  await fill(client);
  const [cursor, keys] = await client.scan(0, 'COUNT', 30);
  assert.ok(keys.length > 20 && keys.length <= 30 && cursor !== '0', `${keys.length} keys, then ${cursor}`);
  client.disconnect();
});

test('a pattern fits the keys that it fits in Redis', async () => {
  const letter = fc.constantFrom('a', 'b', 'c', '-', '[', ']', '^', '*', '?', '\\');
  const text = fc.array(letter, { minLength: 1, maxLength: 8 }).map((letters) => letters.join(''));
  const [keys] = fc.sample(fc.uniqueArray(text, { minLength: 300, maxLength: 300 }), { numRuns: 1, seed: 1 });
  const patterns = fc.sample(text, { numRuns: 500, seed: 2 });
  const found = await same(async (client) => {
    await client.mset(Object.fromEntries(keys!.map((key) => [key, 'x'])));
    const pipeline = client.pipeline();
    for (const pattern of patterns) pipeline.scan(0, 'MATCH', pattern, 'COUNT', 10_000);
    return (await pipeline.exec())!.map(([, reply]) => (reply as [string, string[]])[1].sort());
  });
  assert.ok(found.flat().length > 1000, `${found.flat().length} of them`);
});

test('ioredis and node-redis run transactions', async () => {
  await same(async (client, path) => {
    const other = await createClient({ socket: { path, tls: false } }).connect();
    const replies = [
      await client.multi().set('a', '1').incr('a').get('a').exec(),
      await other.multi().set('a', '2').incr('a').expire('a', 100).get('a').exec(),
    ];
    other.destroy();
    return replies;
  });
});

test('a transaction takes no more memory than the budget', async () => {
  const client = new Redis({ path: paths.ours, retryStrategy: () => null });
  await client.flushall();
  const large = 'x'.repeat(3 << 20);
  await client.call('MULTI');
  for (const expected of ['QUEUED', 'QUEUED', 'OOM', 'OOM']) {
    const said = await client.call('SET', 'a', large).catch((error: Error) => error.message);
    assert.match(String(said), new RegExp(`^${expected}`));
  }
  await assert.rejects(client.call('EXEC'), /EXECABORT/);
  assert.equal(await client.exists('a'), 0);
  client.disconnect();
});

/** Commands of which every reply, errors too, is the same as Redis's, one after the other. */
const ALIKE: Readonly<Record<string, string>> = {
  scan:
    'SET a 1, SCAN 0 COUNT 1000, SCAN 0 COUNT, SCAN 0 COUNT 0, SCAN 0 COUNT x, SCAN 0 FOO 1, SCAN x, SCAN, ' +
    'SCAN 0 TYPE list COUNT 1000, SCAN 0 TYPE STRING count 1000',
  counters:
    'INCR n, INCRBY n 5, DECR n, DECRBY n 7, GET n, EXPIRE n 100, INCR n, TTL n, INCRBY n x, INCRBY n 1.5, INCRBY n 01, ' +
    'SET t abc, INCR t, SET t 007, INCR t, SET m 9223372036854775807, INCR m, DECR m, DECRBY m -1, INCR m, ' +
    'SET m -9223372036854775808, DECR m, INCR m, SET m 9223372036854775808, INCR m, INCR, INCRBY n',
  'one that may be set, taken or changed':
    'SETNX a 1, SETNX a 2, GET a, GETSET a 3, GETSET b 4, EXPIRE b 9, GETSET b 5, TTL b, GETDEL b, GETDEL b, EXISTS b, SETNX a',
  GETEX:
    'GETEX a, SET a 1, GETEX a, TTL a, GETEX a EX 100, TTL a, GETEX a, TTL a, GETEX a PERSIST, TTL a, GETEX a PX 5000, TTL a, ' +
    'GETEX a EXAT 99999999999, GETEX a PXAT 1, GET a, SET a 1, GETEX a EX 0, GETEX a EX x, GETEX a EX, GETEX a KEEPTTL, ' +
    'GETEX a NX, GETEX a EX 5 PX 5, GETEX a EX 5 PERSIST, GET a, SET a 1 PERSIST',
  expiry:
    'EXPIRE a 5, SET a 1, EXPIRE a 100 XX, EXPIRE a 100 GT, EXPIRE a 100 LT, TTL a, EXPIRE a 50 GT, EXPIRE a 50 NX, ' +
    'EXPIRE a 50 LT, TTL a, PEXPIRE a 90000 gt, TTL a, EXPIRE a 70 XX LT, TTL a, EXPIRE a 5 NX XX, EXPIRE a 5 GT LT, ' +
    'EXPIRE a 5 ZZ, EXPIRE a x, EXPIRE a, PERSIST a, EXPIRE a 100 NX, TTL a, EXPIREAT a 99999999999, PEXPIREAT a x, ' +
    'EXPIRE a -1 GT, GET a, EXPIRE a -1, GET a, SET a 1, PEXPIREAT a 1, EXISTS a',
  transactions:
    'MULTI, SET a 1, INCR a, GET a, EXEC, EXEC, DISCARD, MULTI, INCR a, DISCARD, GET a, MULTI, MULTI, INCR a, GET, EXEC, GET a, ' +
    'MULTI, SET a x, INCR a, SET a y, EXEC, GET a, MULTI, EXEC, MULTI x, EXEC, MULTI, SET a, DISCARD, GET a',
  'the name of a connection': 'CLIENT GETNAME, CLIENT SETNAME me, CLIENT GETNAME',
};

for (const [name, commands] of Object.entries(ALIKE))
  test(`Redis and the container say the same: ${name}`, async () => {
    await same(async (client) => {
      const replies: unknown[] = [];
      for (const command of commands.split(', ')) {
        const [word, ...args] = command.split(' ');
        const reply = await client.call(word!, args).catch((error: Error) => error.message);
        replies.push([command, reply]);
      }
      return replies;
    });
  });
