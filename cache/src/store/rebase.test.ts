import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { L1Cache } from '../cache.ts';
import type { L1CacheOptions } from '../options.ts';
import { TestClock } from '../test-clock.ts';

const DAY_MS = 86_400_000;

/** A cache whose clock goes on by whole days, with one beat of maintenance a day; times are moved after six. */
function withDays(
  options: Partial<L1CacheOptions<string>>,
  days: (cache: L1Cache<string>, pass: (n: number) => void) => void,
) {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    const clock = new TestClock();
    const cache = new L1Cache<string>({ budgetBytes: 1_000_000, clock, seed: 1, ...options });
    days(cache, (n) => {
      for (let day = 0; day < n; day++) {
        clock.advance(DAY_MS);
        mock.timers.tick(200);
      }
    });
  } finally {
    mock.timers.reset();
  }
}

const renew = { load: () => new Promise<string>(() => {}) };

test('a stale window ends when it should, however often times were moved', () => {
  withDays({ staleWhileRevalidateMs: 10 * DAY_MS }, (cache, pass) => {
    cache.define('', renew);
    cache.set('a', 'v', { ttlMs: 1000 });
    pass(9);
    assert.equal(cache.get('a'), 'v');
    pass(2);
    assert.equal(cache.get('a'), undefined);
  });
});

test('the hard maximum age holds, however often times were moved', () => {
  withDays({ staleWhileRevalidateMs: 30 * DAY_MS, maxAgeMs: 8 * DAY_MS }, (cache, pass) => {
    cache.define('', renew);
    cache.set('a', 'v', { ttlMs: 1000 });
    pass(7);
    assert.equal(cache.get('a'), 'v');
    pass(1);
    assert.equal(cache.get('a'), undefined);
  });
});

test('a life that is renewed ahead is as long as it should be when times were moved', () => {
  withDays({}, (cache, pass) => {
    cache.define('', renew);
    cache.set('a', 'v', { ttlMs: 15 * DAY_MS });
    pass(14);
    assert.equal(cache.get('a'), 'v');
    pass(1);
    assert.equal(cache.get('a'), undefined);
  });
});

test('a clock that jumped by months is followed at the next beat', () => {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    const clock = new TestClock();
    const cache = new L1Cache<string>({ budgetBytes: 1_000_000, clock, seed: 1 });
    clock.advance(100 * DAY_MS);
    mock.timers.tick(200);
    cache.set('a', 'v', { ttlMs: 1000 });
    assert.equal(cache.get('a'), 'v');
    clock.advance(1000);
    assert.equal(cache.get('a'), undefined);
  } finally {
    mock.timers.reset();
  }
});
