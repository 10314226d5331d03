import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SizeSpread } from './size-spread.ts';

/** Of two slots, with sizes so far apart that they matter; the first is free. */
function wideSizes(): SizeSpread {
  const sizes = new SizeSpread();
  sizes.resize(2);
  for (let fill = 0; fill < 100; fill++) sizes.set(1, fill % 2 === 0 ? 10 : 10_000, 0);
  assert.ok(sizes.isWide);
  return sizes;
}

test('sizes that hardly differ take no column', () => {
  const sizes = new SizeSpread();
  sizes.resize(100);
  for (let slot = 0; slot < 100; slot++) sizes.set(slot, 1000 + slot, 0);
  assert.deepEqual([sizes.isWide, sizes.tableBytes], [false, 0]);
});

test('an entry from before sizes mattered counts as of middle size', () => {
  const sizes = new SizeSpread();
  sizes.resize(2);
  sizes.set(0, 1000, 0);
  for (let fill = 0; fill < 100; fill++) sizes.set(1, fill % 2 === 0 ? 10 : 100_000, 0);
  assert.ok(Math.abs(Math.log2(sizes.costPerByte(0)) + Math.log2(1000)) < 1);
});

test('cost per byte is right to within two eighths of an octave, whatever size and cost', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 2 ** 40, noNaN: true }),
      fc.double({ min: 0.001, max: 60_000, noNaN: true }),
      (sizeBytes, costMs) => {
        const sizes = wideSizes();
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
      const sizes = wideSizes();
      sizes.set(0, sizeBytes, 0);
      assert.equal(Math.log2(sizes.costPerByte(0)), -Math.round(4 * Math.log2(sizeBytes)) / 4);
    }),
  );
});
