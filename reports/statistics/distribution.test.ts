import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import {
  decodeDistribution,
  EMPTY,
  meanNs,
  mergeDistributions,
  quantileNs,
  tailCurve,
} from './distribution.ts';
import { encodeHistogram, latencyHistogram, mergeEncoded, percentileNs } from './histogram.ts';

function recorded(valuesNs: readonly number[]) {
  const histogram = latencyHistogram();
  for (const value of valuesNs) histogram.recordValue(value);
  return encodeHistogram(histogram);
}

test('a histogram without samples has no percentile and no mean', () => {
  assert.equal(decodeDistribution(null), EMPTY);
  assert.equal(quantileNs(EMPTY, 0.5), null);
  assert.equal(meanNs(EMPTY), null);
  assert.deepEqual(tailCurve(EMPTY), []);
});

test('merging the histograms of several recorders equals one recorder, count by count', () => {
  const duration = fc.integer({ min: 1, max: 50_000_000_000 });
  fc.assert(
    fc.property(fc.array(fc.array(duration, { maxLength: 30 }), { minLength: 1, maxLength: 5 }), (parts) => {
      const merged = mergeDistributions(parts.map((part) => decodeDistribution(recorded(part))));
      assert.deepEqual(merged, decodeDistribution(recorded(parts.flat())));
    }),
    { numRuns: 40 },
  );
});

test('percentiles and mean agree with the histogram library within its precision', () => {
  const values = Array.from({ length: 2000 }, (_, i) => Math.round(1000 * 1.006 ** i));
  const histogram = latencyHistogram();
  for (const value of values) histogram.recordValue(value);
  const ours = decodeDistribution(encodeHistogram(histogram));
  for (const percent of [1, 50, 90, 99, 99.9, 100]) {
    const theirs = histogram.getValueAtPercentile(percent);
    assert.ok(Math.abs(quantileNs(ours, percent / 100)! / theirs - 1) < 0.001, `p${percent}`);
  }
  assert.ok(Math.abs(meanNs(ours)! / histogram.mean - 1) < 1e-9);
});

test('the tail curve stops while ten samples still lie beyond its last point', () => {
  const curve = tailCurve(decodeDistribution(recorded(Array.from({ length: 1000 }, (_, i) => i + 1))));
  assert.equal(curve[0]!.oneIn, 1);
  assert.ok(curve.at(-1)!.oneIn <= 100);
  assert.ok(Math.abs(curve.at(-1)!.valueNs - 990) <= 1);
});

test('adding encoded histograms keeps every sample, and nothing plus nothing is nothing', () => {
  const merged = mergeEncoded([recorded([1, 2, 3]), null, recorded([5_000_000])]);
  assert.deepEqual(decodeDistribution(merged), decodeDistribution(recorded([1, 2, 3, 5_000_000])));
  assert.equal(percentileNs(merged, 50), 2);
  assert.equal(mergeEncoded([null, null]), null);
  assert.equal(percentileNs(null, 50), null);
});
