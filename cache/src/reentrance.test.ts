import assert from 'node:assert/strict';
import { test } from 'node:test';
import { L1Cache } from './cache.ts';
import { TestClock } from './test-clock.ts';

for (const { name, options, ageMs } of [
  { name: 'a stale read', options: { staleWhileRevalidateMs: 1000 }, ageMs: 150 },
  { name: 'a refresh ahead', options: { refreshAheadRatio: 0.5 }, ageMs: 75 },
]) {
  test(`${name} answers with its own value when its loader empties the cache`, async () => {
    const clock = new TestClock();
    const cache = new L1Cache<string>({ budgetBytes: 1_000_000, clock, seed: 1, ...options });
    cache.define('', {
      ttlMs: 100,
      load: (key) => {
        cache.clear();
        cache.set('other', 'other value');
        return new Promise(() => key);
      },
    });
    cache.set('a', 'v');
    for (let read = 0; read < 5; read++) cache.get('a');
    clock.advance(ageMs);
    assert.equal(cache.get('a'), 'v');
    assert.equal(cache.stats().refreshes, 1);
    await undefined;
    assert.equal(cache.get('a'), undefined, 'the loader has cleared it');
  });
}

test('a TTL policy that deletes the key it decides on leaves a sound cache', () => {
  const cache = new L1Cache<string>({
    budgetBytes: 1_000_000,
    seed: 1,
    ttl: (key) => {
      cache.delete(key);
      cache.get('what is not there');
      return key === 'gone' ? 0 : 1000;
    },
  });
  for (let round = 0; round < 2; round++) {
    assert.equal(cache.set('kept', 'v'), 'stored');
    assert.equal(cache.set('gone', 'v', { ttlMs: 1000 }), 'stored');
    assert.equal(cache.set('gone', 'v'), 'refused-zero-ttl');
  }
  assert.deepEqual([cache.size, cache.get('kept'), cache.get('gone')], [1, 'v', undefined]);
});
