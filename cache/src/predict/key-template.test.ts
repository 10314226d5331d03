import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyTemplates } from './key-template.ts';

test('a last segment with a digit varies at once, words before it stay', () => {
  const templates = new KeyTemplates();
  const shape = templates.shapeOf('session.12:t4711')!;
  assert.equal(shape.template.pattern, 'session.12:{}');
  assert.equal('session.12:t4711'.slice(shape.slots[0], shape.slots[1]), 't4711');
  assert.equal(templates.shapeOf('session.12:t9')!.template, shape.template);
  assert.notEqual(templates.shapeOf('session.13:t9')!.template, shape.template);
});

test('UUIDs and long numbers vary anywhere in a key', () => {
  const templates = new KeyTemplates();
  const uuid = '6f1c1a52-7c5e-4a6e-9d6b-0c8a5b1f2e3d';
  assert.equal(templates.shapeOf(`tenant:${uuid}:cart`)!.template.pattern, 'tenant:{}:cart');
  assert.equal(templates.shapeOf('order/20261123/items')!.template.pattern, 'order/{}/items');
});

test('a segment with more than 64 words is learned to vary', () => {
  const templates = new KeyTemplates();
  const words = Array.from(
    { length: 80 },
    (_, i) => `w${'abcdefghij'[i % 10]}${'klmnopqr'[Math.floor(i / 10)]}`,
  );
  assert.equal(templates.shapeOf(`user:${words[0]}:rights`)!.template.pattern, `user:${words[0]}:rights`);
  for (const word of words) templates.shapeOf(`user:${word}:rights`);
  assert.equal(templates.shapeOf(`user:${words[0]}:rights`)!.template.pattern, 'user:{}:rights');
});

test('keys that differ in the last segment alone follow a segment before it that is learned to vary', () => {
  const templates = new KeyTemplates();
  const words = Array.from(
    { length: 80 },
    (_, i) => `w${'abcdefghij'[i % 10]}${'klmnopqr'[Math.floor(i / 10)]}`,
  );
  assert.equal(templates.shapeOf(`cart:${words[0]}:i1`)!.template.pattern, `cart:${words[0]}:{}`);
  assert.deepEqual(templates.shapeOf(`cart:${words[0]}:i27`)!.slots, [9, 12]);
  for (const word of words) templates.shapeOf(`cart:${word}:i1`);
  const { template, slots } = templates.shapeOf(`cart:${words[0]}:i3`)!;
  assert.equal(template.pattern, 'cart:{}:{}');
  assert.deepEqual(slots, [5, 8, 9, 11]);
});

test('no flood of keys makes it hold more nodes than it may', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 40 }), { maxLength: 500 }), (keys) => {
      const templates = new KeyTemplates(100);
      for (const key of keys) {
        const shape = templates.shapeOf(key);
        for (const at of shape?.slots ?? []) assert.ok(at >= 0 && at <= key.length);
      }
      assert.ok(templates.nodes <= 100);
    }),
    { numRuns: 30 },
  );
});
