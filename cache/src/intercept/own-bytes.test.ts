import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownBytes } from './own-bytes.ts';

test('pieces of a shared block become one piece in memory of its own', () => {
  const parts = ['a', '', 'bc'].map((text) => Buffer.from(text));
  const whole = ownBytes(parts);
  assert.equal(whole.toString(), 'abc');
  assert.equal(whole.buffer.byteLength, 3);
  assert.equal(ownBytes([]).byteLength, 0);
});
