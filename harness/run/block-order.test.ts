import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockOrder } from './block-order.ts';

const scenarios = ['a', 'b', 'c', 'd'];

test('every round holds each scenario once', () => {
  for (let round = 0; round < 20; round += 1) {
    assert.deepEqual([...blockOrder(scenarios, round, 7)].sort(), scenarios);
  }
});

test('every second round runs its predecessor backwards', () => {
  for (let round = 0; round < 20; round += 2) {
    assert.deepEqual([...blockOrder(scenarios, round + 1, 7)].reverse(), blockOrder(scenarios, round, 7));
  }
});

test('over as many pairs as scenarios each one holds each place equally often', () => {
  const first = new Map<string, number>();
  for (let round = 0; round < 8; round += 1) {
    const name = blockOrder(scenarios, round, 3)[0]!;
    first.set(name, (first.get(name) ?? 0) + 1);
  }
  assert.deepEqual([...first.values()], [2, 2, 2, 2]);
});

test('a negative seed is as good as any', () => {
  assert.equal(blockOrder(scenarios, 0, -5).length, 4);
});
