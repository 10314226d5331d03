import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SegmentedQueue } from './segmented-queue.ts';
import { ShadowCaches } from './shadow-caches.ts';
import { spread } from './test-hash.ts';
import { EXPERTS, type Tuning } from './tuning.ts';

/** One expert alone with a plain map for an index. */
function* alone(tuning: Tuning, entries: number, keys: readonly number[]): Generator<boolean> {
  const queue = new SegmentedQueue(tuning, 'changing');
  queue.grow(entries, entries);
  const slotOf = new Map<number, number>();
  const free = Array.from({ length: entries }, (_, slot) => slot);
  for (const key of keys) {
    const held = slotOf.get(key);
    if (held !== undefined) {
      queue.hit(held);
      yield true;
      continue;
    }
    if (free.length === 0) {
      const slot = queue.evict();
      for (const [other, at] of slotOf) if (at === slot) slotOf.delete(other);
      free.push(slot);
    }
    const slot = free.pop() as number;
    slotOf.set(key, slot);
    queue.insert(slot, spread(key) | 0);
    yield false;
  }
}

test('shadows that share an index hit exactly what each would hit alone', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.nat(40), { maxLength: 600 }),
      (entries, keys) => {
        const shadows = new ShadowCaches(EXPERTS);
        shadows.resize(entries);
        const together = keys.map((key) => shadows.access(spread(key) | 0));
        EXPERTS.forEach((tuning, expert) => {
          const expected = [...alone(tuning, entries, keys)];
          assert.deepEqual(
            together.map((hits) => ((hits >> expert) & 1) === 1),
            expected,
          );
        });
      },
    ),
    { seed: 3, numRuns: 60 },
  );
});

test('a key that was removed is missed by every shadow', () => {
  const shadows = new ShadowCaches(EXPERTS);
  shadows.resize(20);
  for (let key = 0; key < 10; key++) shadows.access(spread(key) | 0);
  shadows.remove(spread(4) | 0);
  assert.equal(shadows.access(spread(4) | 0), 0);
  assert.equal(shadows.access(spread(5) | 0), (1 << EXPERTS.length) - 1);
});

test('a cache that a shadow is handed over to gives up first what that shadow does not hold', () => {
  const hashes = Array.from({ length: 30 }, (_, key) => spread(key) | 0);
  const shadows = new ShadowCaches(EXPERTS);
  shadows.resize(20);
  for (const hash of hashes.slice(10)) shadows.access(hash);
  const live = new SegmentedQueue(EXPERTS[7] as Tuning, 'changing');
  live.grow(20, 20);
  for (const [slot, hash] of hashes.slice(0, 20).reverse().entries()) live.insert(slot, hash);
  shadows.handOver(0, live);
  const left = Array.from({ length: 20 }, () => live.hashOf(live.evict()));
  assert.deepEqual(new Set(left.slice(0, 10)), new Set(hashes.slice(0, 10)));
  assert.deepEqual(left.slice(10), hashes.slice(10, 20));
});
