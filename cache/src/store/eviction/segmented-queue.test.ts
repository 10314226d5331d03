import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SegmentedQueue } from './segmented-queue.ts';
import { EXPERTS, type Tuning } from './tuning.ts';

const LRU: Tuning = { windowShare: 1, admission: 'never' };
const TWO_HITS: Tuning = { windowShare: 0.5, admission: 'two-hits' };
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

test('hits are remembered beyond the entry, even while the sketch rests', () => {
  const queue = new SegmentedQueue(LRU, 'changing');
  queue.grow(4, 4);
  queue.insert(0, LEAVER);
  queue.hit(0);
  queue.remove(0);
  queue.insert(1, LEAVER);
  assert.equal(queue.frequency(1), 3);
});
