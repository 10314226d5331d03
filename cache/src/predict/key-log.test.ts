import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyLog } from './key-log.ts';

test('a key is found by its hash until newer keys have overwritten it', () => {
  const log = new KeyLog(1024, 64);
  log.add(1, 'user:1');
  assert.equal(log.keyOf(1), 'user:1');
  assert.equal(log.keyOf(2), undefined);
  for (let hash = 100; hash < 200; hash++) log.add(hash, `a-rather-long-key:${hash}`);
  assert.equal(log.keyOf(1), undefined);
  assert.equal(log.keyOf(199), 'a-rather-long-key:199');
});

test('whatever is found is the key that was added under that hash', () => {
  const entry = fc.tuple(fc.integer({ min: 1, max: 300 }), fc.string({ unit: 'grapheme', maxLength: 120 }));
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 400 }), (entries) => {
      const log = new KeyLog(2048, 64);
      const last = new Map<number, string>();
      for (const [hash, key] of entries) {
        const text = last.get(hash) ?? key;
        last.set(hash, text);
        log.add(hash, text);
      }
      for (const [hash, key] of last) {
        const found = log.keyOf(hash);
        assert.ok(found === undefined || found === key, `${found} under ${hash}`);
      }
      assert.equal(log.bytes, 2048 + 64 * 12);
    }),
    { numRuns: 50 },
  );
});

test('a key too long to keep is not taken, nor cut', () => {
  const log = new KeyLog(4096, 64);
  log.add(7, 'x'.repeat(256));
  log.add(8, 'ü'.repeat(200));
  assert.equal(log.keyOf(7), undefined);
  assert.equal(log.keyOf(8), undefined);
});

test('a key comes back as it was, or not at all', () => {
  const log = new KeyLog(1024, 64);
  for (const [hash, key] of ['\ufeffuser:1', 'user:\ud83d\ude00', 'user:\ud83d'].entries()) {
    log.add(hash + 1, key);
    assert.equal(log.keyOf(hash + 1), key.isWellFormed() ? key : undefined);
  }
});
