import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { L1Cache } from '../cache.ts';

function heardBy(clock: { ms: number }) {
  const cache = new L1Cache<number>({ budgetBytes: 2 ** 20, clock: { now: () => clock.ms }, seed: 1 });
  cache.set('a', 1);
  const heard: string[] = [];
  cache.onAccesses((batch) => {
    for (const { key, outcome } of batch) heard.push(`${outcome} ${key}`);
  });
  return { cache, heard };
}

test('after a quiet millisecond an access is told at the end of its turn of the event loop', async () => {
  const clock = { ms: 1000 };
  const { cache, heard } = heardBy(clock);
  cache.get('a');
  cache.get('b');
  assert.deepEqual(heard, []);
  await turn();
  assert.deepEqual(heard, ['hit a', 'miss b']);
  clock.ms += 1;
  cache.get('a');
  await turn();
  assert.equal(heard.length, 3);
});
