import assert from 'node:assert/strict';
import { test } from 'node:test';
import { medianInterval } from './median-interval.ts';
import { seededRng } from './rng.ts';

const SHAPES = {
  even: (u: number) => u - 0.5,
  'heavy in both tails': (u: number) => Math.tan(Math.PI * (u - 0.5)),
  skewed: (u: number) => -Math.log(1 - u) - Math.LN2,
};
for (const [shape, drawn] of Object.entries(SHAPES)) {
  for (const n of [6, 7, 8, 13, 20]) {
    test(`the interval of the median of ${n} holds the truth in about 95 % of repetitions, drawn from what is ${shape}`, () => {
      const rng = seededRng(n);
      const REPETITIONS = 4000;
      let missed = 0;
      for (let i = 0; i < REPETITIONS; i++) {
        const { low, high } = medianInterval(Array.from({ length: n }, () => drawn(rng())))!;
        if (low > 0 || high < 0) missed++;
      }
      assert.ok(missed / REPETITIONS > 0.035 && missed / REPETITIONS < 0.07, `missed ${missed}`);
    });
  }
}

test('its ends lie between samples, close to the outermost two of six', () => {
  const { low, high, confidence } = medianInterval([6, 2, 5, 3, 4, 1])!;
  assert.ok(low > 1 && low < 1.5 && high > 5.5 && high < 6, `${low} to ${high}`);
  assert.equal(confidence, 0.95);
});

test('fewer than six give the least and the most, and promise no confidence', () => {
  assert.deepEqual(medianInterval([3, 1, 2, 5, 4]), { low: 1, high: 5, confidence: null });
});

test('one sample has no interval', () => {
  assert.equal(medianInterval([1]), null);
});
