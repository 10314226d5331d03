import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPod } from './pods.ts';

test('a pod that nobody waits for takes an interruption without a word', async () => {
  const interrupt = new AbortController();
  const reason = new Error('Ctrl-C');
  const plan = {
    name: 'pod-0',
    members: ['pod-0'],
    bus: null,
    secret: '',
    prediction: 'off',
    start: 'empty',
    snapshotFile: null,
    seed: 1,
    requestsPerSecond: 10,
    users: 10,
    zipfExponent: 0.9,
    budgetBytes: 2 ** 20,
    originMs: 1,
    serveMs: 60_000,
    shift: null,
  } as const;
  const unheard: unknown[] = [];
  const hear = (why: unknown): void => void unheard.push(why);
  process.on('unhandledRejection', hear);
  await startPod({ env: {} }, plan, interrupt.signal);
  const waited = await startPod({ env: {} }, plan, interrupt.signal);
  interrupt.abort(reason);
  await assert.rejects(waited.served, reason);
  await new Promise(setImmediate);
  process.off('unhandledRejection', hear);
  assert.deepEqual(unheard, []);
});
