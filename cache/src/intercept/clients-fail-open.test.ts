import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { patchGrpc } from './grpc-client.ts';
import { patchIoredis } from './ioredis.ts';
import { patchNodeRedis } from './node-redis.ts';
import { FAULTS, plant } from './test-faults.ts';
import { TestClock, testReads } from './test-origin.ts';

const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), 'l1-fail-open-'));
const path = join(folder, 'redis.sock');
const redis = spawn('redis-server', ['--port', '0', '--unixsocket', path, '--save', '', '--dir', folder]);
const METHOD = '/catalog.Catalog/GetItem';
const clock = new TestClock();
const reads = testReads(clock, {
  redis: [{ keys: '*', ttlMs: 60_000 }],
  grpc: [{ method: METHOD, ttlMs: 60_000 }],
  maxFaults: Number.POSITIVE_INFINITY,
  flightWaitMs: 50,
});
patchIoredis(require('ioredis'), reads);
patchNodeRedis(require('@redis/client/dist/lib/client/index.js'), reads);
patchGrpc(require('@grpc/grpc-js/build/src/client.js'), reads);

const asBytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const fromBytes = (bytes: Buffer) => JSON.parse(bytes.toString());
const server = new grpc.Server();
let ioredis: Redis;
let nodeRedis: ReturnType<typeof createClient>;
let catalog: grpc.Client;

before(async () => {
  for await (const line of redis.stdout) if (String(line).includes('eady to accept')) break;
  const serialization = {
    requestSerialize: asBytes,
    requestDeserialize: fromBytes,
    responseSerialize: asBytes,
    responseDeserialize: fromBytes,
  };
  server.addService(
    { GetItem: { path: METHOD, requestStream: false, responseStream: false, ...serialization } },
    {
      GetItem: (call: grpc.ServerUnaryCall<string, unknown>, answer: grpc.sendUnaryData<unknown>) =>
        answer(null, call.request),
    },
  );
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  ioredis = new Redis({ path });
  nodeRedis = createClient({ socket: { path, tls: false } });
  await nodeRedis.connect();
  catalog = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
});
after(() => {
  catalog.close();
  server.forceShutdown();
  ioredis.disconnect();
  nodeRedis.destroy();
  redis.kill();
  rmSync(folder, { recursive: true });
});

const item = (id: string) =>
  new Promise<string>((resolve, reject) =>
    catalog.makeUnaryRequest<string, string>(METHOD, asBytes, fromBytes, id, (error, got) =>
      error ? reject(error) : resolve(got!),
    ),
  );

for (const mode of ['on', 'observe'] as const)
  for (const fault of FAULTS.filter(({ part }) => part !== 'rules'))
    test(`${mode}: when ${fault.part}.${fault.method} throws, Redis and gRPC are answered as without us`, async () => {
      reads.mode = mode;
      const fresh = `${mode}-${fault.part}-${fault.method}`;
      await ioredis.mset({ held: 'held', [`i-${fresh}`]: 'i', [`n-${fresh}`]: 'n' });
      clock.nowMs += 1;
      await Promise.all([ioredis.get('held'), nodeRedis.get('held'), item('held')]);
      using _ = plant(fault, reads);
      assert.equal(await ioredis.get('held'), 'held');
      assert.equal(await ioredis.get(`i-${fresh}`), 'i');
      assert.deepEqual(await ioredis.mget('held', `i-${fresh}`), ['held', 'i']);
      assert.equal(await ioredis.set('written', 'x'), 'OK');
      assert.equal(await nodeRedis.get('held'), 'held');
      assert.equal(await nodeRedis.get(`n-${fresh}`), 'n');
      assert.deepEqual(await nodeRedis.mGet(['held', `n-${fresh}`]), ['held', 'n']);
      assert.equal(await nodeRedis.set('written', 'x'), 'OK');
      assert.equal(await item('held'), 'held');
      const together = await Promise.all([1, 2, 3].map(() => item(fresh)));
      assert.deepEqual(together, [fresh, fresh, fresh]);
    });
