import assert from 'node:assert/strict';
import { test } from 'node:test';
import { templateOfKey } from './template.ts';

test('segments with a digit vary, the others stay', () => {
  assert.equal(templateOfKey('price.31:4711'), 'price.{}:{}');
  assert.equal(templateOfKey('/users/u7/orders?page=2&sort=asc'), '/users/{}/orders?page={}&sort=asc');
  assert.equal(templateOfKey(''), '');
  assert.equal(templateOfKey('::7:'), '::{}:');
});

test('a long key takes time in proportion to its length', () => {
  const startedMs = performance.now();
  assert.equal(templateOfKey('x'.repeat(200_000)), 'x'.repeat(200_000));
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs < 1000, `${tookMs} ms`);
});
