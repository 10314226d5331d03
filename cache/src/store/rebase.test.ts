import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { L1Cache } from '../cache.ts';
import { TestClock } from '../test-clock.ts';

const DAY_MS = 86_400_000;

/** Lets a day pass at a time, with one beat of maintenance each; times are moved after six. */
function pass(days: number, clock: TestClock): void {
  for (let day = 0; day < days; day++) {
    clock.advance(DAY_MS);
    mock.timers.tick(200);
  }
}

for (const { what, options, ttlMs, lastDay, goneDay } of [
  {
    what: 'a stale window ends when it should, however often times were moved',
    options: { staleWhileRevalidateMs: 10 * DAY_MS },
    ttlMs: 1000,
    lastDay: 9,
    goneDay: 11,
  },
  {
    what: 'the hard maximum age holds, however often times were moved',
    options: { staleWhileRevalidateMs: 30 * DAY_MS, maxAgeMs: 8 * DAY_MS },
    ttlMs: 1000,
    lastDay: 7,
    goneDay: 8,
  },
  {
    what: 'a life that is renewed ahead is as long as it should be when times were moved',
    options: {},
    ttlMs: 15 * DAY_MS,
    lastDay: 14,
    goneDay: 15,
  },
]) {
  test(what, () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      const clock = new TestClock();
      const cache = new L1Cache<string>({ budgetBytes: 1_000_000, clock, seed: 1, ...options });
      cache.define('', { load: () => new Promise<string>(() => {}) });
      cache.set('a', 'v', { ttlMs });
      pass(lastDay, clock);
      assert.equal(cache.get('a'), 'v');
      pass(goneDay - lastDay, clock);
      assert.equal(cache.get('a'), undefined);
    } finally {
      mock.timers.reset();
    }
  });
}

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
