import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startPod } from './pods.ts';
import { PLAN } from './testing/pod-plan.ts';

test('a pod that nobody waits for takes an interruption without a word', async () => {
  const interrupt = new AbortController();
  const reason = new Error('Ctrl-C');
  const unheard: unknown[] = [];
  const hear = (why: unknown): void => void unheard.push(why);
  process.on('unhandledRejection', hear);
  await startPod({ env: {} }, PLAN, interrupt.signal);
  const waited = await startPod({ env: {} }, PLAN, interrupt.signal);
  interrupt.abort(reason);
  await assert.rejects(waited.served, reason);
  await new Promise(setImmediate);
  process.off('unhandledRejection', hear);
  assert.deepEqual(unheard, []);
});
