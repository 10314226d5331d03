import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Prewarmer } from '../../src/predict/prewarmer.ts';
import { seededRandom } from '../../src/random.ts';
import { AdaptivePolicy } from '../../src/store/eviction/adaptive.ts';
import { NO_HARM, unrelatedValue } from './no-harm-workloads.ts';
import { runReads } from './run-reads.ts';
import { runSessions } from './run-sessions.ts';
import { runSeed, TIGHT } from './session-figures.ts';
import { type SessionWorkload, sessionRequests, sessionValue } from './session-workload.ts';
import { SimulatedCache } from './simulated-cache.ts';

const WORKLOAD: SessionWorkload = {
  requestsPerSecond: 500,
  users: 50_000,
  zipfExponent: 0.9,
  tokens: 'reused',
  noise: 0.05,
};

function run(prediction: 'on' | 'off', workload: Partial<SessionWorkload> = {}) {
  return runSessions({
    requests: sessionRequests({ ...WORKLOAD, ...workload }, seededRandom(11)),
    policy: new AdaptivePolicy(),
    entries: 10_000,
    loadMs: 2,
    warmUpMs: 2000,
    untilMs: 8000,
    ...(prediction === 'on' && { prewarm: { salt: 11, rng: seededRandom(12) } }),
  });
}

for (const tokens of ['reused', 'fresh'] as const)
  test(`with ${tokens} tokens, profiles are there before they are read, for hardly a fetch more`, () => {
    const off = run('off', { tokens });
    const on = run('on', { tokens });
    const { prefetched, late, miss } = on.byKind.get('profile')!;
    const { fetched, timely, late: allLate } = on.prewarmer!.stats();
    assert.ok(
      (prefetched + late) / (prefetched + late + miss) >= 0.99,
      `${miss} misses, ${prefetched} covered`,
    );
    assert.ok(prefetched / (prefetched + late) >= 0.99, `${late} late`);
    assert.ok(on.firstProfileMs! <= 2000, `learned after ${on.firstProfileMs} ms`);
    assert.ok((timely + allLate) / fetched >= 0.85, `${timely} of ${fetched} used`);
    assert.ok(
      on.originLoads <= 1.1 * off.originLoads,
      `${on.originLoads} loads instead of ${off.originLoads}`,
    );
    assert.ok(on.hitRatio >= off.hitRatio + 0.1, `${on.hitRatio} instead of ${off.hitRatio}`);
  });

test('a cache that turns over in seconds, and leaves newcomers no room, keeps what was fetched ahead until its read', () => {
  // Sure rules only: what the others fetch is in part not read at all.
  const prewarm = { salt: 1, rng: seededRandom(1001), minConfidence: 0.72 };
  const on = runSeed(1, TIGHT.workload, 'on', { ...TIGHT.run, untilMs: 45_000, prewarm });
  const { prefetched, late, miss } = on.byKind.get('profile')!;
  assert.ok(
    (prefetched + late) / (prefetched + late + miss) >= 0.99,
    `${miss} misses, ${prefetched} covered`,
  );
  const { unused, fetched } = on.prewarmer!.stats();
  assert.ok(unused < 0.001 * fetched, `${unused} of ${fetched} gone before their read`);
});

test('values that lie every other second waste no more than the budget', () => {
  const off = run('off', { trueForMs: 1000 });
  const on = run('on', { trueForMs: 1000 });
  const { unused } = on.prewarmer!.stats();
  assert.ok(unused > 0, 'the bait was taken');
  assert.ok(unused <= 0.1 * on.misses + 400, `${unused} unused for ${on.misses} misses`);
  assert.ok(
    on.originLoads <= 1.1 * off.originLoads + 400,
    `${on.originLoads} loads, ${off.originLoads} without`,
  );
});

for (const [name, keysOf] of Object.entries(NO_HARM))
  test(`${name} reads are left alone`, () => {
    const result = (prediction: 'on' | 'off') =>
      runReads({
        keys: keysOf(40_000, seededRandom(5)),
        msPerRead: 0.2,
        policy: new AdaptivePolicy(),
        entries: 2000,
        loadMs: 2,
        valueOf: unrelatedValue,
        ...(prediction === 'on' && { prewarm: { salt: 5, rng: seededRandom(6) } }),
      });
    const on = result('on');
    assert.ok(on.prefetches <= on.reads / 1000, `${on.prefetches} prefetches`);
    assert.ok(on.hitRatio >= result('off').hitRatio - 0.001);
    assert.ok(on.prewarmer!.stats().bytes <= 8 * 2 ** 20, `${on.prewarmer!.stats().bytes} bytes`);
  });

test('a loop that does not fit the cache is read from prefetches, each ready in time', () => {
  function* loop() {
    for (let i = 0; i < 40_000; i++) yield `row:${i % 4000}`;
  }
  const { hitRatio, prewarmer } = runReads({
    keys: loop(),
    msPerRead: 1,
    policy: new AdaptivePolicy(),
    entries: 2000,
    loadMs: 16,
    prewarm: { salt: 5, rng: seededRandom(6) },
  });
  const { fetched, timely } = prewarmer!.stats();
  assert.ok(hitRatio > 0.6, `hit ratio ${hitRatio}`);
  assert.ok(timely / fetched > 0.9, `${timely} of ${fetched}`);
});

test('guesses stop while the origin is slow and come back with it', () => {
  const cache = new SimulatedCache({
    policy: new AdaptivePolicy(),
    entries: 50_000,
    loadMs: 2,
    joinedDemand: 'miss',
    valueOf: sessionValue,
  });
  const prewarmer = new Prewarmer(cache, { salt: 1, rng: seededRandom(1) });
  const prefetchesIn = (fromMs: number, untilMs: number): number => {
    const before = cache.prefetches;
    for (let atMs = fromMs; atMs < untilMs; atMs += 20) {
      cache.advance(atMs);
      const user = atMs / 20;
      cache.read(`session.12:t${user}x${user}`);
      cache.advance(atMs + cache.loadMs);
      prewarmer.learn(cache.takeBatch());
      cache.advance(atMs + Math.max(10, cache.loadMs));
      cache.read(`user.13:${1_000_000 + user}`);
      prewarmer.learn(cache.takeBatch());
    }
    return cache.prefetches - before;
  };
  assert.ok(prefetchesIn(0, 10_000) > 300, 'it learned');
  cache.loadMs = 15;
  prefetchesIn(10_000, 12_000);
  const slow = prefetchesIn(12_000, 20_000);
  cache.loadMs = 2;
  prefetchesIn(20_000, 90_000);
  const well = prefetchesIn(90_000, 98_000);
  assert.ok(slow < 40, `${slow} prefetches of 400 while slow`);
  assert.ok(well > 300, `${well} prefetches of 400 afterwards`);
});
