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

for (const before of [[], ['a']]) {
  test(`a value whose getter empties and fills the cache leaves a sound one, with ${before.length} held before`, () => {
    const cache = new L1Cache<unknown>({ budgetBytes: 1_000_000, seed: 1 });
    for (const key of before) cache.set(key, 'old');
    const value = {
      get part() {
        cache.clear();
        cache.set('other', 'other value');
        cache.set('a', 'on the way');
        return 1;
      },
    };
    assert.equal(cache.set('a', value), 'stored');
    assert.deepEqual([cache.get('a') === value, cache.get('other')], [true, 'other value']);
    assert.deepEqual(cache.scan(0, 10).keys.toSorted(), ['a', 'other']);
  });
}

test('a codec that writes into one memory keeps values apart though the TTL policy sets another', () => {
  const memory = Buffer.alloc(64);
  const cache = new L1Cache<string>({
    budgetBytes: 1_000_000,
    seed: 1,
    values: {
      encode: (value) => memory.subarray(0, memory.write(value)),
      decode: (bytes) => Buffer.from(bytes).toString(),
    },
    ttl: (key) => {
      if (key === 'a') cache.set('b', 'value of b', { ttlMs: 1000 });
      return 1000;
    },
  });
  cache.set('a', 'value of a');
  assert.deepEqual([cache.get('a'), cache.get('b')], ['value of a', 'value of b']);
});

test('a read that a value makes while it is set is heard with the value of before', () => {
  const cache = new L1Cache<unknown>({ budgetBytes: 1_000_000, seed: 1 });
  const heard: unknown[] = [];
  cache.set('a', 'old');
  using _ = cache.onAccesses((batch) => {
    for (let row = 0; row < batch.length; row++) {
      if (batch.outcomeAt(row) === 'hit') heard.push(batch.valueAt(row));
    }
  });
  const value = {
    get part() {
      return cache.get('a') === 'old';
    },
  };
  cache.set('a', value);
  cache.flushAccesses();
  assert.deepEqual(heard, ['old']);
});
