import assert from 'node:assert/strict';
import { test } from 'node:test';
import { L1Cache } from './cache.ts';
import { Loaded } from './options.ts';
import { TestClock } from './test-clock.ts';

function open() {
  const clock = new TestClock();
  const cache = new L1Cache<string>({ budgetBytes: 1 << 20, clock, seed: 1, ttlMs: 1000 });
  return { cache, clock };
}

test('a value lives for so long from now, and no longer', () => {
  const { cache, clock } = open();
  cache.set('a', 'x');
  clock.advance(900);
  assert.equal(cache.extend('a', 500), true);
  clock.advance(499);
  assert.equal(cache.get('a'), 'x');
  clock.advance(1);
  assert.equal(cache.get('a'), undefined);
});

test('what is not held, has ended or would end at once is not extended', () => {
  const { cache, clock } = open();
  assert.equal(cache.extend('a', 500), false);
  cache.set('a', 'x');
  assert.equal(cache.extend('a', 0), false);
  assert.equal(cache.extend('a', Number.NaN), false);
  clock.advance(1000);
  assert.equal(cache.extend('a', 500), false);
});

test('an extended value keeps its version and tags, and listeners hear nothing', () => {
  const { cache } = open();
  cache.set('a', 'x', { version: 7, tags: ['t'] });
  let heard = 0;
  using _listening = cache.onAccesses((batch) => {
    heard += batch.length;
  });
  cache.extend('a', 500);
  cache.flushAccesses();
  assert.equal(heard, 0);
  assert.equal(cache.set('a', 'y', { version: 6 }), 'refused-older-version');
  assert.equal(cache.invalidateTag('t'), 1);
});

test('a load under way is stored also when the value before was extended meanwhile', async () => {
  const { cache, clock } = open();
  const { promise, resolve } = Promise.withResolvers<Loaded<string>>();
  cache.define('a', { load: () => promise, prefetchable: true });
  cache.set('a', 'x');
  for (let i = 0; i < 5; i++) cache.get('a');
  clock.advance(950);
  cache.get('a');
  cache.extend('a', 500);
  resolve(new Loaded('y', {}));
  await new Promise(setImmediate);
  assert.equal(cache.get('a'), 'y');
});
