import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PayloadSizes, wholeWords } from './payload-sizes.ts';

test('every size comes back as it was set, also from a slot that held a larger or smaller one', () => {
  const size = fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 500_000, max: 2 ** 33 }));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), size)), (writes) => {
      const sizes = new PayloadSizes();
      sizes.grow(4);
      const truth = [0, 0, 0, 0];
      for (const [slot, bytes] of writes) {
        truth[slot] = wholeWords(bytes);
        sizes.set(slot, wholeWords(bytes));
      }
      assert.deepEqual(
        [0, 1, 2, 3].map((slot) => sizes.at(slot)),
        truth,
      );
    }),
  );
});

test('a size between whole words is charged as the next one', () => {
  assert.deepEqual([0, 1, 8, 8.5, 2 ** 33 + 1].map(wholeWords), [0, 8, 8, 16, 2 ** 33 + 8]);
});

test('a size moves with its entry, whether it fits the column or not', () => {
  const sizes = new PayloadSizes();
  sizes.grow(3);
  sizes.set(0, 48);
  sizes.set(2, 2 ** 30);
  sizes.move(2, 1);
  assert.deepEqual([sizes.at(0), sizes.at(1), sizes.at(2)], [48, 2 ** 30, 0]);
});
