import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectOnce } from './connect-once.ts';
import { findFreeNetwork } from './free-network.ts';
import { startRedis } from './redis-server.ts';
import { executables, temporaryRun } from './testing/small-mesh.ts';

const { redis } = await executables();
const skip = redis === null ? 'needs redis-server: run "l1bench setup"' : false;

test('a server that dies fails the command that waits for it, and nothing else', { skip }, async () => {
  using run = temporaryRun();
  await using network = await findFreeNetwork(run.runId, 1);
  const { sharedRedis } = network;
  const server = await startRedis(run, redis!, { name: 'dies', endpoint: sharedRedis, maxMemoryBytes: 0 });
  const client = await connectOnce(sharedRedis);
  const waits = assert.rejects(client.blPop('never', 0));
  await server.stop();
  await waits;
});
