import assert from 'node:assert/strict';
import { test } from 'node:test';
import { L1Cache } from './cache.ts';
import { seededRandom } from './random.ts';
import { TestClock } from './test-clock.ts';

const roomy = { limitBytes: () => undefined, usedBytes: () => undefined };
const open = () =>
  new L1Cache<string>({
    budgetBytes: 8 << 20,
    clock: new TestClock(),
    seed: 1,
    containerMemory: roomy,
  });

/** All that a scan gives; `between` runs after every step. */
function scanAll(cache: L1Cache<string>, count: number, between = () => {}): string[] {
  const keys: string[] = [];
  let cursor = 0;
  do {
    const step = cache.scan(cursor, count);
    assert.ok(step.keys.length <= count);
    keys.push(...step.keys);
    cursor = step.cursor;
    between();
  } while (cursor !== 0);
  return keys;
}

test('a scan of what nobody changes gives every key once', () => {
  const cache = open();
  const keys = Array.from({ length: 1000 }, (_, i) => `k${i}`);
  for (const key of keys) cache.set(key, 'x');
  for (const count of [1, 7, 5000]) assert.deepEqual(scanAll(cache, count).sort(), [...keys].sort());
});

test('a scan of an empty cache ends at once, also where there was much before', () => {
  const cache = open();
  assert.deepEqual(cache.scan(0, 10), { keys: [], cursor: 0 });
  for (let i = 0; i < 1000; i++) cache.set(`k${i}`, 'x');
  cache.clear();
  assert.deepEqual(cache.scan(0, 10), { keys: [], cursor: 0 });
});

test('a scan gives every key held all the time, whatever else comes, goes and moves', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const cache = open();
    for (let i = 0; i < 4000; i++) cache.set(`k${i}`, 'x');
    const held = new Set<string>();
    for (let i = 0; i < 4000; i++) held.add(`k${i}`);
    let step = 0;
    const seen = scanAll(cache, 50, () => {
      for (let i = 0; i < 20; i++) cache.set(`new${random()}`, 'x');
      for (let i = 0; i < 60; i++) cache.delete(`k${Math.floor(random() * 4000)}`);
      const overwritten = `k${Math.floor(random() * 4000)}`;
      if (cache.has(overwritten)) cache.set(overwritten, 'xx');
      // Gives up entries and moves those behind into the slots of those given up.
      if (++step === 20) cache.setBudget(Math.floor(cache.chargedBytes * 0.7));
      for (const key of held) if (!cache.has(key)) held.delete(key);
    });
    assert.ok(held.size > 100, `${held.size} held`);
    assert.deepEqual([...held.difference(new Set(seen))], [], `seed ${seed}`);
  }
});
