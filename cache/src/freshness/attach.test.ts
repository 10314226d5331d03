import assert from 'node:assert/strict';
import { once } from 'node:events';
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

test('a value whose validator cannot be read reaches its reader, and is kept for the initial TTL', async () => {
  const { clock, cache } = learningCache();
  const odd = () =>
    Object.defineProperty({}, 'version', {
      get: () => {
        throw new Error('not loaded');
      },
    }) as Stamped;
  const warned = once(process, 'warning');
  const value = await cache.getOrLoad('odd:1', async () => odd());
  assert.equal((await warned)[0].code, 'L1_VALIDATOR_FAILED');
  clock.nowMs = 500;
  assert.equal(cache.get('odd:1'), value);
  clock.nowMs = 2000;
  assert.equal(cache.get('odd:1'), undefined);
});

test('a notice counts, however many came for keys that nobody fetched since', async () => {
  const causes: unknown[] = [];
  const learner = new LearnedFreshness({ rng: seededRandom(1) });
  const learn = learner.onFetched.bind(learner);
  learner.onFetched = (fetched) => {
    causes.push(fetched.cause);
    return learn(fetched);
  };
  const freshness = attachFreshness<Stamped>(learner);
  const cache = new L1Cache<Stamped>({ budgetBytes: 2 ** 22, ttl: freshness.ttl, seed: 1 });
  for (let i = 0; i < 10_000; i++) freshness.expectChange(`gone:${i}`);
  freshness.expectChange('flag:1');
  await cache.getOrLoad('flag:1', async () => ({ version: 1 }));
  await cache.getOrLoad('flag:2', async () => ({ version: 1 }));
  assert.deepEqual(causes, ['notice', 'read']);
});
