import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ABSENT, Bucket } from './bucket.ts';

test('keys that collide are told apart, also when the bytes of one are the characters of the other', () => {
  const bucket = new Bucket(4096, 7);
  const added = {
    key: Buffer.from('ä'),
    value: Buffer.from('x'),
    tag: 1,
    expiresAtMs: Number.POSITIVE_INFINITY,
  };
  bucket.refill(new Bucket(4096, 7), [], added);
  assert.notEqual(bucket.find(1, 'ä'), ABSENT);
  assert.equal(bucket.find(1, 'Ã¤'), ABSENT);
  assert.equal(bucket.find(1, 'b'), ABSENT);
});
