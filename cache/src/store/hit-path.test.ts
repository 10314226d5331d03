import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HitPath, NEVER, RING } from './hit-path.ts';

test('the hit that fills the ring, and none before it, sends the next read to look at the clock', () => {
  const path = new HitPath();
  path.nowMs = 5;
  for (let hit = 0; hit < RING - 1; hit++) path.hit(hit);
  assert.equal(path.nowMs, 5);
  path.hit(RING - 1);
  assert.equal(path.nowMs, NEVER);
  assert.deepEqual([...path.ring], [...path.ring.keys()]);
});
