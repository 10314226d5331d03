import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoadQueue } from './load-queue.ts';

function queueOf(count: number) {
  const queue = new LoadQueue();
  for (let i = 0; i < count; i++) queue.push(`k${i}`, 'a', 0);
  const loaded: string[] = [];
  const drain = (nowMs: number, perSecond: number) =>
    queue.drain(nowMs, perSecond, (key) => {
      loaded.push(key);
      return 'started';
    });
  return { queue, loaded, drain };
}

test('keys are loaded in order, and no more of them than the rate allows', () => {
  const { loaded, drain } = queueOf(100);
  for (let nowMs = 0; nowMs <= 1000; nowMs += 50) drain(nowMs, 20);
  assert.deepEqual(
    loaded,
    Array.from({ length: 20 }, (_, i) => `k${i}`),
  );
});

test('a key is due when the rate allows it: never while nothing may be loaded', () => {
  const { queue, drain } = queueOf(5);
  assert.equal(queue.dueMs, 0);
  drain(0, 0);
  assert.equal(queue.dueMs, Number.POSITIVE_INFINITY);
  drain(1000, 4);
  drain(1100, 4);
  assert.equal(queue.dueMs, 1250);
});

test('what should have been loaded before a time is let go', () => {
  const queue = new LoadQueue();
  for (let i = 0; i < 5000; i++) queue.push(`k${i}`, 'a', i);
  queue.forgetBefore(4998);
  assert.equal(queue.length, 2);
  assert.equal(queue.dueMs, 4998);
});
