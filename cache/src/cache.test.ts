import assert from 'node:assert/strict';
import { test } from 'node:test';
import { L1Cache } from './cache.ts';

test('the budget holds after every insert of distinct keys', () => {
  const cache = new L1Cache<string>({ budgetBytes: 50_000, seed: 1 });
  for (let i = 0; i < 5000; i++) {
    cache.set(`key:${i}`, 'v'.repeat(i % 300));
    assert.ok(cache.chargedBytes <= 50_000);
  }
  assert.ok(cache.size > 10 && cache.size < 5000);
});

test('concurrent reads of one key share a load', async () => {
  const cache = new L1Cache<string>({ budgetBytes: 50_000 });
  let loads = 0;
  const load = async () => `v${++loads}`;
  assert.deepEqual(await Promise.all([cache.getOrLoad('a', load), cache.getOrLoad('a', load)]), ['v1', 'v1']);
  assert.equal(cache.get('a'), 'v1');
});

test('an invalidation during a load wins', async () => {
  const cache = new L1Cache<string>({ budgetBytes: 50_000 });
  const { promise, resolve } = Promise.withResolvers<string>();
  const read = cache.getOrLoad('a', () => promise);
  cache.delete('a');
  resolve('old');
  assert.equal(await read, 'old');
  assert.equal(cache.get('a'), undefined);
});
