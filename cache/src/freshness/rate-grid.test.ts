import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exponential } from '../../bench/freshness/random.ts';
import { seededRandom } from '../random.ts';
import { logLikelihood, type Observation, RATES, RateGrid } from './rate-grid.ts';
import { typicalRatePerMs } from './stale-share.ts';

const even = new Float64Array(RATES).fill(-Math.log(RATES));

function gridAfter(observations: readonly Observation[], retention = 0.98): Float64Array {
  const grid = new RateGrid(1, retention, seededRandom(1));
  const likelihood = new Float64Array(RATES);
  const belief = new Float64Array(RATES);
  grid.reset(0, even);
  for (const seen of observations) {
    logLikelihood(seen, likelihood);
    grid.observe(0, likelihood, even);
  }
  grid.probabilities(0, belief);
  return belief;
}

test('finds the rate of random changes from changed-or-not alone', () => {
  for (const meanMs of [2000, 60_000, 86_400_000]) {
    const rng = seededRandom(4);
    const intervalMs = meanMs / 2;
    const seen = Array.from({ length: 300 }, (): Observation => {
      return { kind: exponential(meanMs, rng) < intervalMs ? 'changed' : 'unchanged', intervalMs };
    });
    const found = 1 / typicalRatePerMs(gridAfter(seen));
    assert.ok(found > meanMs * 0.6 && found < meanMs * 1.6, `${meanMs} ms learned as ${found} ms`);
  }
});

test('one dated fetch already tells seconds from days', () => {
  const young = 1 / typicalRatePerMs(gridAfter([{ kind: 'dated', ageMs: 2000 }]));
  const old = 1 / typicalRatePerMs(gridAfter([{ kind: 'dated', ageMs: 86_400_000 }]));
  assert.ok(old > 100 * young, `${young} and ${old}`);
});

test('a belief is a probability distribution whatever is observed', () => {
  const observation = fc.oneof(
    fc.record({
      kind: fc.constantFrom(
        'unchanged' as const,
        'changed' as const,
        'changed-once' as const,
        'changed-often' as const,
      ),
      intervalMs: fc.double({ min: 0.001, max: 1e11, noNaN: true }),
    }),
    fc.record({ kind: fc.constant('dated' as const), ageMs: fc.double({ min: 0, max: 1e11, noNaN: true }) }),
  );
  fc.assert(
    fc.property(fc.array(observation, { maxLength: 40 }), (observations) => {
      const belief = gridAfter(observations, 0.85);
      const sum = belief.reduce((total, p) => total + p, 0);
      assert.ok(Math.abs(sum - 1) < 1e-9 && belief.every((p) => p >= 0));
    }),
    { seed: 7, numRuns: 200 },
  );
});
