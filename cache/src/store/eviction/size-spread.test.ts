import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SizeSpread } from './size-spread.ts';

test('cost per byte is right to within two eighths of an octave, whatever size and cost', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 2 ** 40, noNaN: true }),
      fc.double({ min: 0.001, max: 60_000, noNaN: true }),
      (sizeBytes, costMs) => {
        const sizes = new SizeSpread();
        sizes.grow(1);
        sizes.set(0, sizeBytes, costMs);
        const exact = (costMs * 1000) / sizeBytes;
        assert.ok(Math.abs(Math.log2(sizes.costPerByte(0) / exact)) <= 0.2501, `${sizes.costPerByte(0)}`);
      },
    ),
  );
});

test('the class of a size is the logarithm rounded to a quarter', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 2 ** 31 - 1 }), (sizeBytes) => {
      const sizes = new SizeSpread();
      sizes.grow(1);
      sizes.set(0, sizeBytes, 0);
      assert.equal(Math.log2(sizes.costPerByte(0)), -Math.round(4 * Math.log2(sizeBytes)) / 4);
    }),
  );
});
