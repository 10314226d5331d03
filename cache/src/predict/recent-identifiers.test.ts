import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentIdentifiers } from './recent-identifiers.ts';

function sourcesOf(recent: RecentIdentifiers, identifier: number, reader: number, atMs: number): number[] {
  const found: number[] = [];
  recent.find(identifier, reader, atMs, (source) => found.push(source));
  return found.sort();
}

test('an identifier is found in the fields that held it, within the horizon and for other keys only', () => {
  const recent = new RecentIdentifiers(500, 64);
  recent.remember(77, 1, 1000, 0);
  recent.remember(77, 2, 1001, 100);
  assert.deepEqual(sourcesOf(recent, 77, 9, 400), [1, 2]);
  assert.deepEqual(sourcesOf(recent, 77, 1001, 400), [1]);
  assert.deepEqual(sourcesOf(recent, 77, 9, 550), [2]);
  assert.deepEqual(sourcesOf(recent, 78, 9, 400), []);
});

test('the same identifier from another key within the horizon counts as repeated', () => {
  const recent = new RecentIdentifiers(500, 64);
  assert.equal(recent.remember(77, 1, 1000, 0), 'new');
  assert.equal(recent.remember(77, 1, 1000, 10), 'new');
  assert.equal(recent.remember(77, 1, 1001, 20), 'repeated');
  assert.equal(recent.remember(77, 1, 1002, 600), 'new');
});

test('a flood of identifiers takes no more memory, and pushes out the oldest', () => {
  const recent = new RecentIdentifiers(500, 64);
  const before = recent.bytes;
  recent.remember(77, 1, 1000, 0);
  for (let i = 0; i < 10_000; i++) recent.remember(i * 64 + (77 % 64), 2, i, 1 + i / 1000);
  assert.equal(recent.bytes, before);
  assert.deepEqual(sourcesOf(recent, 77, 9, 20), []);
});
