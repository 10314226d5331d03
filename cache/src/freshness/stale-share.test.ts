import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RATES, ratesPerMs } from './rate-grid.ts';
import { expectedStaleMs, ttlOfCost, ttlOfShare } from './stale-share.ts';

/** A belief that is sure of the grid's i-th rate. */
function sureOf(i: number): Float64Array {
  const belief = new Float64Array(RATES);
  belief[i] = 1;
  return belief;
}

test('the TTL of a share is where that share of a life is stale', () => {
  for (const share of [0.01, 0.05, 0.2]) {
    const ttl = ttlOfShare(sureOf(10), share, 1e12);
    assert.ok(Math.abs(expectedStaleMs(sureOf(10), ttl) / ttl - share) < share * 0.02, `${share} at ${ttl}`);
  }
});

test('5 % stale is a TTL of about a tenth of the mean time between changes', () => {
  assert.ok(Math.abs(ttlOfShare(sureOf(12), 0.05, 1e12) * ratesPerMs[12]! - 0.103) < 0.002);
});

test('the cheapest TTL follows the square-root law where the law holds', () => {
  const belief = sureOf(8);
  const readsPerMs = 1;
  for (const price of [0.1, 1, 10]) {
    const law = Math.sqrt(2 / (price * readsPerMs * ratesPerMs[8]!));
    const ttl = ttlOfCost(belief, readsPerMs, price, 1e12);
    assert.ok(Math.abs(ttl / law - 1) < 0.03, `price ${price}: ${ttl} against ${law}`);
  }
});

test('the cheapest TTL costs no more than its neighbours', () => {
  const belief = new Float64Array(RATES).fill(1 / RATES);
  const readsPerMs = 0.002;
  const price = 3;
  const cost = (ttl: number) =>
    (1 + price * readsPerMs * expectedStaleMs(belief, ttl)) / (ttl + 1 / readsPerMs);
  const best = ttlOfCost(belief, readsPerMs, price, 1e9);
  for (const factor of [0.5, 0.8, 1.25, 2])
    assert.ok(cost(best) <= cost(best * factor) * 1.001, `× ${factor}`);
});

test('no TTL exceeds the limit', () => {
  assert.equal(ttlOfShare(sureOf(0), 0.5, 1000), 1000);
  assert.equal(ttlOfCost(sureOf(32), 1e-9, 1e-9, 1000), 1000);
});
