import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../random.ts';
import { TrackedKeys, UNTRACKED } from './tracked-keys.ts';

test('a scan of keys read once leaves the read keys where they are', () => {
  const keys = new TrackedKeys(100, seededRandom(2));
  for (let i = 0; i < 100; i++) keys.touch(keys.admit(`hot:${i}`), 200);
  for (let i = 0; i < 5000; i++) {
    if (keys.slotOf(`cold:${i}`) === UNTRACKED) keys.admit(`cold:${i}`);
    for (let read = 0; read < 4; read++) keys.touch(keys.slotOf(`hot:${(i * 4 + read) % 100}`), 1);
  }
  let held = 0;
  for (let i = 0; i < 100; i++) if (keys.slotOf(`hot:${i}`) !== UNTRACKED) held++;
  assert.ok(held >= 90, `${held} of 100 hot keys left`);
});

test('keys no longer read make room, and the number never exceeds the capacity', () => {
  const keys = new TrackedKeys(100, seededRandom(2));
  for (let i = 0; i < 100; i++) keys.touch(keys.admit(`old:${i}`), 200);
  for (let round = 0; round < 40; round++)
    for (let i = 0; i < 100; i++) {
      const slot = keys.slotOf(`new:${i}`);
      if (slot === UNTRACKED) keys.admit(`new:${i}`);
      else keys.touch(slot, 5);
    }
  let fresh = 0;
  for (let i = 0; i < 100; i++) if (keys.slotOf(`new:${i}`) !== UNTRACKED) fresh++;
  assert.ok(fresh >= 90, `${fresh} of 100 new keys tracked`);
  assert.equal(keys.size, 100);
});

test('a key of more than 255 characters takes no slot', () => {
  const keys = new TrackedKeys(8, seededRandom(1));
  assert.equal(keys.admit('k'.repeat(256)), UNTRACKED);
  assert.notEqual(keys.admit('k'.repeat(255)), UNTRACKED);
  assert.equal(keys.size, 1);
});
