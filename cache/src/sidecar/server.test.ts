import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { type Sidecar, startSidecar } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'l1-sidecar-'));
const path = join(folder, 'l1.sock');
const clock = { nowMs: 0, now: () => clock.nowMs };
let sidecar: Sidecar;

before(async () => {
  sidecar = await startSidecar({
    budgetBytes: 4 << 20,
    socketPath: path,
    port: 0,
    clock,
    wallNow: () => clock.nowMs,
  });
});
after(async () => {
  await sidecar[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** Sends bytes as they are, in the pieces given, and returns what comes back until `bytes` have. */
async function raw(pieces: readonly (string | Buffer)[], bytes: number): Promise<string> {
  const socket = connect(path);
  await once(socket, 'connect');
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk.toString('latin1');
  });
  for (const piece of pieces) {
    socket.write(piece);
    await new Promise(setImmediate);
  }
  while (said.length < bytes) await once(socket, 'data');
  socket.destroy();
  return said;
}

const command = (...args: string[]) =>
  `*${args.length}\r\n${args.map((arg) => `$${Buffer.byteLength(arg)}\r\n${arg}\r\n`).join('')}`;

for (const protocol of [2, 3] as const)
  test(`node-redis works over the socket file, RESP${protocol}`, async () => {
    const client = createClient({ socket: { path, tls: false }, RESP: protocol });
    await client.connect();
    assert.equal(await client.ping(), 'PONG');
    assert.equal(await client.set('a', 'ä€', { expiration: { type: 'PX', value: 1500 } }), 'OK');
    assert.equal(await client.get('a'), 'ä€');
    assert.equal(await client.pTTL('a'), 1500);
    assert.equal(await client.set('a', 'x', { condition: 'NX' }), null);
    await client.mSet({ b: '1', c: '2' });
    assert.deepEqual(await client.mGet(['b', 'gone', 'c']), ['1', null, '2']);
    assert.equal(await client.exists(['a', 'b', 'gone']), 2);
    assert.equal(await client.del(['b', 'c', 'gone']), 2);
    assert.match(await client.info(), /loading:0/);
    clock.nowMs += 1500;
    assert.equal(await client.get('a'), null);
    assert.equal(await client.ttl('a'), -2);
    await client.flushAll();
    assert.equal(await client.dbSize(), 0);
    await client.close();
  });

test('ioredis works over TCP, with pipelines and values of any bytes', async () => {
  const client = new Redis(sidecar.port!, '127.0.0.1', { retryStrategy: () => null });
  const bytes = Buffer.from(Array.from({ length: 512 }, (_, i) => i & 255));
  await client.set('bytes', bytes, 'EX', 10);
  assert.deepEqual(await client.getBuffer('bytes'), bytes);
  const large = Buffer.alloc(3 << 20, 'z');
  await client.set('large', large);
  assert.ok((await client.getBuffer('large'))!.equals(large));
  const replies = await client
    .pipeline(Array.from({ length: 1000 }, (_, i) => ['set', `k${i}`, `${i}`]))
    .exec();
  assert.equal(
    replies!.every(([error, reply]) => error === null && reply === 'OK'),
    true,
  );
  assert.equal(await client.get('k999'), '999');
  assert.equal(await client.expire('k999', 5), 1);
  assert.equal(await client.ttl('k999'), 5);
  assert.equal(await client.persist('k999'), 1);
  assert.equal(await client.ttl('k999'), -1);
  client.disconnect();
});

test('redis-cli and redis-benchmark work', async () => {
  const run = async (program: string, ...args: string[]) =>
    (await promisify(execFile)(program, ['-s', path, ...args])).stdout.trim();
  const cli = (...args: string[]) => run('redis-cli', ...args);
  assert.equal(await cli('SET', 'a', 'b'), 'OK');
  assert.equal(await cli('GET', 'a'), 'b');
  assert.equal((await cli('-3', 'CONFIG', 'GET', 'appendonly')).replace(/\s+/, ' '), 'appendonly no');
  assert.match(await cli('LPUSH', 'a', 'b'), /^ERR unknown command/);
  assert.match(await cli('AUTH', 'x'), /^ERR AUTH called without any password/);
  assert.match(await cli('SELECT', '1'), /^ERR/);
  const csv = await run('redis-benchmark', '-t', 'set,get', '-n', '500', '-P', '8', '--csv');
  assert.match(csv, /"SET",.*\n"GET",/);
});

test('commands cut anywhere are put together again, and answered in order', async () => {
  const sent = `${command('SET', 'cut', 'v'.repeat(100)) + command('GET', 'cut')}PING\r\n${command('ECHO', 'end')}`;
  const expected = `+OK\r\n$100\r\n${'v'.repeat(100)}\r\n+PONG\r\n$3\r\nend\r\n`;
  for (let at = 1; at < sent.length; at += 7)
    assert.equal(await raw([sent.slice(0, at), sent.slice(at)], expected.length), expected, `cut at ${at}`);
  assert.equal(await raw([...sent], expected.length), expected);
});

/** What the server says to one command; PING behind it tells where its reply ends. */
async function reply(...args: string[]): Promise<string> {
  const socket = connect(path);
  let said = '';
  socket.write(command(...args) + command('PING'));
  for await (const chunk of socket) {
    said += String(chunk);
    if (said.endsWith('+PONG\r\n')) break;
  }
  return said.slice(0, -'+PONG\r\n'.length);
}

test('MSET with a key that has no value sets nothing', async () => {
  assert.match(await reply('MSET', 'odd', '1', 'alone'), /^-ERR wrong number of arguments/);
  assert.equal(await reply('GET', 'odd'), '$-1\r\n');
});

test('an error is one short line, whatever the client sent', async () => {
  assert.match(await reply('CLIENT', 'a\r\n+OK'), /^-ERR [^\r\n]*\r\n$/);
  assert.match(await reply('EXPIRE', 'a', '1', 'x'.repeat(1 << 20)), /^-ERR [^\r\n]{1,300}\r\n$/);
});

test('a flush that says more than how is refused and forgets nothing', async () => {
  await reply('SET', 'stays', 'x');
  assert.equal(await reply('FLUSHALL', 'stays'), '-ERR syntax error\r\n');
  assert.equal(await reply('GET', 'stays'), '$1\r\nx\r\n');
});

test('SET takes and refuses options together as Redis does', async () => {
  const wrong = '-ERR syntax error\r\n';
  assert.equal(await reply('SET', 'o', 'x', 'KEEPTTL', 'EX', '10'), wrong);
  assert.equal(await reply('SET', 'o', 'x', 'EX', '10', 'PX', '10'), wrong);
  assert.equal(await reply('SET', 'o', 'x', 'NX', 'XX'), wrong);
  assert.equal(await reply('SET', 'o', 'x', 'NX', 'NX', 'EX', '5', 'EX', '10'), '+OK\r\n');
  assert.equal(await reply('TTL', 'o'), ':10\r\n');
  assert.equal(await reply('SET', 'o', 'x', 'EX', '007'), '-ERR value is not an integer or out of range\r\n');
});

test('SET with an end in the past leaves nothing', async () => {
  clock.nowMs += 5000;
  assert.equal(await reply('SET', 'past', 'x', 'PXAT', '1000'), '+OK\r\n');
  assert.equal(await reply('GET', 'past'), '$-1\r\n');
});

test('a client that says QUIT and never closes holds no connection', async () => {
  const socket = connect({ path, allowHalfOpen: true });
  socket.write(command('QUIT'));
  socket.resume();
  await once(socket, 'end');
  // Of a socket that the server has closed altogether a write comes to nothing.
  const broken = once(socket, 'error');
  const writing = setInterval(() => socket.write(command('PING')), 1);
  assert.match(String(await broken), /EPIPE|ECONNRESET/);
  clearInterval(writing);
});

test('long keys count against the budget', async () => {
  const client = new Redis({ path, retryStrategy: () => null });
  await client.flushall();
  for (let i = 0; i < 100; i++) await client.set(`${i}`.padEnd(10_000, 'k'), 'v');
  assert.ok(sidecar.values.cache.payloadBytes > 100 * 10_000, `${sidecar.values.cache.payloadBytes}`);
  await client.flushall();
  client.disconnect();
});

test('what is not RESP is refused, and the connection ends', async () => {
  for (const bad of ['*1\r\n+GET\r\n', '*99999999\r\n', '*1\r\n$-5\r\n', '*x\r\n', `*${'1'.repeat(50)}`])
    assert.match(await raw([bad], 10), /^-ERR Protocol error/);
});

test('no input of any shape brings the server down', async () => {
  const { default: fc } = await import('fast-check');
  const words = fc.constantFrom(
    'GET',
    'SET',
    'MGET',
    'EXPIRE',
    'a',
    '-1',
    'EX',
    'NX',
    '',
    'HELLO',
    '3',
    'SCAN',
    'MATCH',
    'COUNT',
    '[',
    'INCRBY',
    'GETEX',
    'EXEC',
    'CONFIG',
    'CLIENT',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(words, { minLength: 1, maxLength: 6 }), async (args) => {
      const said = await raw([command(...args), command('PING')], 7);
      assert.match(said, /\+PONG\r\n$|^-/);
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('the budget holds, whatever is set', async () => {
  const client = new Redis({ path, retryStrategy: () => null });
  for (let batch = 0; batch < 10; batch++)
    await client
      .pipeline(Array.from({ length: 500 }, (_, i) => ['set', `big.${batch}.${i}`, 'x'.repeat(4000)]))
      .exec();
  const { chargedBytes, budgetBytes } = sidecar.values.cache;
  assert.ok(chargedBytes <= budgetBytes, `${chargedBytes} of ${budgetBytes}`);
  assert.ok(chargedBytes > budgetBytes / 2);
  await assert.rejects(client.set('huge', 'x'.repeat(5 << 20)), /OOM/);
  client.disconnect();
});

test('a client that asks and never reads is not read from for ever', async () => {
  const client = new Redis({ path, retryStrategy: () => null });
  await client.set('wide', 'x'.repeat(20_000));
  client.disconnect();
  const socket = connect(path);
  await once(socket, 'connect');
  const many = Buffer.from(command('GET', 'wide').repeat(1000));
  let isFull = false;
  for (let i = 0; i < 400 && !isFull; i++) {
    isFull = !socket.write(many);
    await new Promise(setImmediate);
  }
  assert.ok(isFull);
  socket.destroy();
});

test('commands sent at once are run as their answers are read, and all are answered', async () => {
  await reply('SET', 'wide', 'x'.repeat(100_000));
  const socket = connect(path);
  const { hits } = sidecar.values.cache.stats();
  socket.write(command('GET', 'wide').repeat(1000));
  await once(socket, 'readable');
  const run = sidecar.values.cache.stats().hits - hits;
  assert.ok(run < 100, `${run} of 1000 run before anything was read`);
  const expected = 1000 * '$100000\r\n\r\n'.length + 1000 * 100_000;
  socket.on('data', () => socket.bytesRead >= expected && socket.end());
  await once(socket, 'close');
  assert.equal(socket.bytesRead, expected);
});
