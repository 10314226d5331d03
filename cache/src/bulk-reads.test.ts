import assert from 'node:assert/strict';
import { test } from 'node:test';
import { L1Cache } from './cache.ts';
import { TestClock } from './test-clock.ts';

test('a bulk read leaves out keys without a value, also while that is remembered', async () => {
  const cache = new L1Cache<string>({ budgetBytes: 1_000_000, negativeTtlMs: 1000 });
  const load = async () => new Map([['a', 'v']]);
  for (let read = 0; read < 2; read++) {
    assert.deepEqual(await cache.getOrLoadMany(['a', 'b'], load), new Map([['a', 'v']]));
  }
  assert.equal(cache.stats().hits, 2);
});

test('a bulk read whose load fails gets the stale values, and the error when one is lacking', async () => {
  const clock = new TestClock();
  const cache = new L1Cache<string>({ budgetBytes: 1_000_000, clock, ttlMs: 100, staleIfErrorMs: 10_000 });
  cache.set('a', 'v');
  clock.advance(200);
  const down = () => Promise.reject(new Error('down'));
  assert.deepEqual(await cache.getOrLoadMany(['a'], down), new Map([['a', 'v']]));
  assert.equal(cache.stats().staleHitsOnError, 1);
  await assert.rejects(cache.getOrLoadMany(['a', 'b'], down), /down/);
});
