import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyDigest } from './key-digest.ts';
import { stringBytes } from './string-bytes.ts';

function hashOf(key: string, seed: number): number {
  const digest = new KeyDigest(seed);
  digest.take(key);
  return digest.hash;
}

test('a key is as large as a string of its characters', () => {
  const digest = new KeyDigest(1);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (key) => {
      digest.take(key);
      assert.equal(digest.sizeBytes, stringBytes(key));
    }),
  );
});

test('the hash depends on the key and the seed alone, not on what was asked before', () => {
  const digest = new KeyDigest(7);
  fc.assert(
    fc.property(fc.string(), (key) => {
      digest.take(key);
      assert.equal(digest.hash, hashOf(key, 7));
    }),
  );
  assert.notEqual(hashOf('user:1', 7), hashOf('user:1', 8));
});

test('numbered keys spread evenly over the low bits, which choose the place, and the high bits, which choose the sample', () => {
  const low = new Uint32Array(256);
  const high = new Uint32Array(256);
  const distinct = new Set<number>();
  for (let i = 0; i < 100_000; i++) {
    const hash = hashOf(`user:profile:${String(i).padStart(10, '0')}`, 3);
    distinct.add(hash);
    low[hash & 255]! += 1;
    high[hash >>> 24]! += 1;
  }
  // 390 expected in each of 256 with a deviation of 20; of 2^32 hashes one pair of 100,000 keys is expected to collide.
  for (const counts of [low, high])
    for (const count of counts) assert.ok(Math.abs(count - 390) < 120, `${count}`);
  assert.ok(distinct.size > 99_985, `${distinct.size} distinct`);
});
