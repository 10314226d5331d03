import assert from 'node:assert/strict';
import { it } from 'node:test';
import { ratioText } from './format.ts';

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
