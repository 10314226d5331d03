import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SegmentedQueue } from './segmented-queue.ts';
import { spread } from './test-hash.ts';
import { EXPERTS, type Tuning } from './tuning.ts';

const LRU: Tuning = { windowShare: 1, admission: 'never', protectedShare: 0.75 };
const TWO_HITS: Tuning = { windowShare: 0.5, admission: 'two-hits', protectedShare: 0.75 };
const LEAVER = 0x1234567;

/** A queue of four entries that has just given up the first. */
function withLeaver(): { queue: SegmentedQueue; free: number } {
  const queue = new SegmentedQueue(TWO_HITS, 'changing');
  queue.grow(4, 4);
  for (let slot = 0; slot < 4; slot++) queue.insert(slot, LEAVER + slot);
  return { queue, free: queue.evict() };
}

test('a key that left lately comes back into the main space', () => {
  const { queue, free } = withLeaver();
  queue.insert(free, LEAVER);
  assert.ok(queue.isInMain(free));
});

test('a departure from before the ghosts rested admits nobody', () => {
  const { queue, free } = withLeaver();
  queue.follow(LRU);
  queue.follow(TWO_HITS);
  queue.insert(free, LEAVER);
  assert.ok(queue.holds(free));
  assert.ok(!queue.isInMain(free));
});

test('a fill counts as one read, whichever tuning leads then', () => {
  for (const tuning of EXPERTS) {
    const queue = new SegmentedQueue(LRU, 'changing');
    queue.grow(4, 4);
    queue.follow(tuning);
    queue.insert(0, LEAVER);
    assert.equal(queue.frequency(0), 1, JSON.stringify(tuning));
  }
});

test('what is taken in behind leaves last in, first out, before all that was held', () => {
  const queue = new SegmentedQueue(LRU, 'changing');
  queue.grow(4, 4);
  queue.insert(0, LEAVER);
  for (let slot = 1; slot < 4; slot++) queue.insertBehind(slot, LEAVER + slot, 15);
  assert.deepEqual([queue.evict(), queue.evict(), queue.evict(), queue.evict()], [3, 2, 1, 0]);
});

test('reads known of what is taken in behind count as its own', () => {
  const queue = new SegmentedQueue(TWO_HITS, 'changing');
  queue.grow(4, 4);
  queue.insertBehind(0, LEAVER, 2);
  assert.equal(queue.frequency(0), 3);
  for (let slot = 1; slot < 4; slot++) queue.insert(slot, LEAVER + slot);
  assert.equal(queue.evict(), 1);
  assert.ok(queue.isInMain(0));
});

test('hits are remembered beyond the entry, even while the sketch rests', () => {
  const queue = new SegmentedQueue(LRU, 'changing');
  queue.grow(4, 4);
  queue.insert(0, LEAVER);
  queue.hit(0);
  queue.remove(0);
  queue.insert(1, LEAVER);
  assert.equal(queue.frequency(1), 3);
});

test('under LRU the entry read last stays longest, though another tuning had put it into the main space', () => {
  const { queue, free } = withLeaver();
  queue.insert(free, LEAVER);
  queue.follow(LRU);
  queue.hit(free);
  const order = [0, 1, 2, 3].map(() => queue.evict());
  assert.equal(order.at(-1), free);
});

test('a queue that takes after another has its order, and gives up first what only itself held', () => {
  const other = new SegmentedQueue(LRU, 'fixed');
  other.grow(3, 3);
  for (const slot of [2, 0, 1]) other.insert(slot, slot);
  const queue = new SegmentedQueue(TWO_HITS, 'changing');
  queue.grow(4, 4);
  for (const slot of [0, 1, 2, 3]) queue.insert(slot, slot);
  queue.takeAfter(other, Int32Array.of(0, 1, 2));
  assert.deepEqual(
    [0, 1, 2, 3].map(() => queue.evict()),
    [3, 2, 0, 1],
  );
});

test('a key that was held only where the order came from comes back into the main space', () => {
  const queue = new SegmentedQueue(LRU, 'changing');
  const { queue: other } = withLeaver();
  queue.grow(4, 4);
  queue.takeAfter(other, Int32Array.of(-1, -1, -1, -1));
  queue.insert(0, LEAVER + 3);
  assert.ok(queue.isInMain(0));
});

test('with a small protected share an old working set goes sooner', () => {
  const stays = (protectedShare: number): number => {
    const queue = new SegmentedQueue({ windowShare: 0.1, admission: 'one-hit', protectedShare }, 'fixed');
    queue.grow(20, 20);
    let free = 0;
    const fill = (slot: number, key: number): void => {
      queue.insert(slot, spread(key));
      for (let read = 0; read < 2; read++) queue.hit(slot);
    };
    for (let slot = 0; slot < 20; slot++) fill(slot, slot);
    free = queue.evict();
    const old = [...Array(20).keys()].filter((slot) => slot !== free && queue.isInMain(slot)).slice(0, 10);
    for (const slot of old) queue.hit(slot);
    const replaced = new Set<number>();
    for (let key = 20; key < 60; key++) {
      fill(free, key);
      replaced.add(free);
      free = queue.evict();
    }
    return old.filter((slot) => slot !== free && !replaced.has(slot)).length;
  };
  assert.equal(stays(0.75), 10);
  assert.ok(stays(0.1) <= 2);
});
