import assert from 'node:assert/strict';
import { it } from 'node:test';
import { counted, number, percent, ratioText, samples } from './format.ts';

it('rounds no ratio to 1 that is not 1', () => {
  assert.deepEqual([1, 1.002, 0.9996, 1.00004, 1.27, 12.34].map(ratioText), [
    '1',
    '1.002',
    '0.9996',
    '1.00004',
    '1.27',
    '12.3',
  ]);
});

it('rounds no share to all that is not all', () => {
  assert.deepEqual([1, 0.9996, 0.99999, 0.5, 0].map(percent), [
    '100 %',
    '99.96 %',
    '99.999 %',
    '50 %',
    '0 %',
  ]);
});

it('writes numbers with three digits, a comma from a thousand on and no exponent', () => {
  assert.deepEqual([0, 999.7, 1000, 1234.5, 0.0451, 1.5e-7, -0.5].map(number), [
    '0',
    '1,000',
    '1,000',
    '1,235',
    '0.0451',
    '0.00000015',
    '-0.5',
  ]);
});

it('counts one thing in the singular', () => {
  assert.deepEqual(
    ['pods', 'batches', 'entries', 'prefetches', 'pauses', 'change points'].map((of) => counted(1, of)),
    ['1 pod', '1 batch', '1 entry', '1 prefetch', '1 pause', '1 change point'],
  );
  assert.equal(samples({ n: 1234, of: 'reads' }), 'n = 1,234 reads');
});
