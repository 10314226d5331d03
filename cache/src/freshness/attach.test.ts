import assert from 'node:assert/strict';
import { test } from 'node:test';
import { L1Cache } from '../cache.ts';
import { seededRandom } from '../random.ts';
import { attachFreshness } from './attach.ts';
import { LearnedFreshness } from './learned-freshness.ts';

interface Stamped {
  readonly version: number;
}

function learningCache() {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const learner = new LearnedFreshness({
    policy: { kind: 'target-share', shareRatio: 0.05 },
    rng: seededRandom(1),
  });
  const freshness = attachFreshness<Stamped>(learner, { clock });
  const cache = new L1Cache<Stamped>({ budgetBytes: 2 ** 22, clock, ttl: freshness.ttl, seed: 1 });
  freshness.listen(cache);
  return { clock, learner, freshness, cache };
}

test('a cache learns to keep what never changes and to look often at what does', async () => {
  const { clock, learner, cache } = learningCache();
  for (let second = 0; second < 4000; second++) {
    clock.nowMs = second * 1000;
    await cache.getOrLoad('flag:1', async () => ({ version: 1 }));
    await cache.getOrLoad('price:1', async () => ({ version: Math.floor(second / 20) }));
  }
  const flag = learner.inspect('flag:1')!;
  const price = learner.inspect('price:1')!;
  assert.ok(flag.ttlMs > 60_000, `flag ${flag.ttlMs} ms`);
  assert.ok(price.ttlMs < 10_000, `price ${price.ttlMs} ms`);
});

test('hits in the cache are counted as reads of the key', async () => {
  const { clock, learner, cache } = learningCache();
  for (let i = 0; i < 6000; i++) {
    clock.nowMs = i * 100;
    await cache.getOrLoad('flag:1', async () => ({ version: 1 }));
    if (i % 50 === 0) cache.flushAccesses();
  }
  const { readsPerSecond } = learner.inspect('flag:1')!;
  assert.ok(readsPerSecond > 7 && readsPerSecond < 13, `${readsPerSecond}`);
});
