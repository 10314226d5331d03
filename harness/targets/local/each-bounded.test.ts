import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachBounded } from './each-bounded.ts';

test('results are in the order of the items, whoever ends first', async () => {
  const turns = [3, 0, 1];
  const found = await eachBounded(turns, 2, async (turn, index) => {
    for (let left = turn; left > 0; left--) await new Promise(setImmediate);
    return index;
  });
  assert.deepEqual(found, [0, 1, 2]);
});

test('after an error no more begins, and what had begun has ended', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const all = eachBounded([0, 1, 2, 3], 2, async (item) => {
    begun.push(item);
    if (item === 0) throw new Error('no room');
    await new Promise(setImmediate);
    ended.push(item);
  });
  await assert.rejects(all, /no room/);
  assert.deepEqual([begun, ended], [[0, 1], [1]]);
});
