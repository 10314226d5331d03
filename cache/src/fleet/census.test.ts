import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Census, quorumOf } from './census.ts';

const view = { pods: 50, evictionAgeMs: 26_000, deliveryRatio: 1 };

test('the sixth pod that misses a key within the window makes it hot, once', () => {
  const census = new Census();
  const judgements = Array.from({ length: 10 }, (_, i) => census.report(1, `pod-${i}`, i * 100, view).hot);
  assert.deepEqual(judgements, [false, false, false, false, false, true, false, false, false, false]);
});

test('misses too far apart to expect a read before eviction do not add up', () => {
  const census = new Census();
  for (let i = 0; i < 50; i++) assert.equal(census.report(1, `pod-${i}`, i * 1000, view).hot, false);
});

test('fewer pods than the quorum never make a key hot, whatever they report', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 200 }),
      fc.array(fc.tuple(fc.nat(3), fc.nat(1000), fc.nat(500)), { maxLength: 300 }),
      fc.constantFrom(0.5, 0.7, 1),
      (pods, reports, deliveryRatio) => {
        const census = new Census();
        const liars = quorumOf(pods, deliveryRatio) - 1;
        let nowMs = 0;
        for (const [hash, liar, waitMs] of reports) {
          nowMs += waitMs;
          const judged = census.report(hash, `liar-${liar % liars}`, nowMs, {
            pods,
            evictionAgeMs: 30_000,
            deliveryRatio,
          });
          assert.equal(judged.hot, false);
        }
      },
    ),
    { seed: 11 },
  );
});

test('when three reports in ten are lost, fewer must be heard, but never fewer than three', () => {
  assert.equal(quorumOf(50, 0.7), 5);
  assert.equal(quorumOf(3, 0.5), 3);
  const census = new Census();
  const lossy = { ...view, deliveryRatio: 0.7 };
  const judgements = Array.from({ length: 5 }, (_, i) => census.report(1, `pod-${i}`, i * 100, lossy).hot);
  assert.deepEqual(judgements, [false, false, false, false, true]);
});
