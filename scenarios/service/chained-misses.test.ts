import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChainedMisses } from './chained-misses.ts';

function counting() {
  const counts = { all: 0, firstOfKind: 0, ambiguous: 0, shortPause: 0 };
  const misses = new ChainedMisses();
  const read = (to: string, key: string, pauseMs: number, missed = true, tookMs = 10) =>
    misses.count(counts, { from: 'session.1', to, key, pauseMs, tookMs, missed });
  return { counts, misses, read };
}

test('the first chained read of a kind cannot be foreseen, the second can', () => {
  const { counts, read } = counting();
  read('profile.2', 'profile.2:7', 20);
  read('profile.2', 'profile.2:8', 20);
  read('profile.3', 'profile.3:8', 20);
  assert.deepEqual(counts, { all: 3, firstOfKind: 2, ambiguous: 0, shortPause: 0 });
});

test('a kind is known from a read that was there as well', () => {
  const { counts, read } = counting();
  read('profile.2', 'profile.2:7', 20, false);
  read('profile.2', 'profile.2:8', 20);
  assert.deepEqual(counts, { all: 1, firstOfKind: 0, ambiguous: 0, shortPause: 0 });
});

test('a pause shorter than the very load of that read is too short for anyone', () => {
  const { counts, misses, read } = counting();
  read('profile.2', 'profile.2:7', 20);
  misses.loaded('profile.2:8', 6);
  misses.loaded('profile.2:9', 6);
  read('profile.2', 'profile.2:8', 5);
  read('profile.2', 'profile.2:9', 7);
  assert.deepEqual(counts, { all: 3, firstOfKind: 1, ambiguous: 0, shortPause: 1 });
});

test('a value that names keys of two owners does not say which is read', () => {
  const { counts, read } = counting();
  read('profile.2', 'profile.2:7', 20);
  read('profile.3', 'profile.3:7', 20);
  read('profile.2', 'profile.2:8', 20);
  assert.deepEqual(counts, { all: 3, firstOfKind: 2, ambiguous: 1, shortPause: 0 });
});

test('a value that leads to a read in some requests and to none in others does not say whether it comes', () => {
  const { counts, misses, read } = counting();
  read('profile.2', 'profile.2:7', 20);
  read('profile.2', 'profile.2:8', 20);
  misses.ledNowhere('session.1');
  read('profile.2', 'profile.2:9', 20);
  assert.deepEqual(counts, { all: 3, firstOfKind: 1, ambiguous: 1, shortPause: 0 });
});

test('a read that joined a load already begun was foreseen, be it the first of its kind or of several owners', () => {
  const { counts, misses, read } = counting();
  misses.loaded('profile.2:7', 6);
  misses.loaded('profile.3:7', 6);
  misses.loaded('profile.2:8', 6);
  read('profile.2', 'profile.2:7', 2, true, 4);
  read('profile.3', 'profile.3:7', 2, true, 4);
  read('profile.2', 'profile.2:8', 2, true, 4);
  assert.deepEqual(counts, { all: 3, firstOfKind: 0, ambiguous: 0, shortPause: 3 });
});
