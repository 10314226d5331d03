import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MutationKind } from '../../bench/freshness/mutations.ts';
import { simulate } from '../../bench/freshness/simulate.ts';
import { learned } from '../../bench/freshness/ttl-sources.ts';
import { uniformWorld, worldOf } from '../../bench/freshness/world.ts';
import { seededRandom } from '../random.ts';
import { LearnedFreshness } from './learned-freshness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

for (const kind of ['poisson', 'periodic', 'bursty', 'deploys'] satisfies MutationKind[]) {
  test(`keeps a budget of 5 % stale reads when changes are ${kind}`, () => {
    const source = learned({ rng: seededRandom(5) });
    const { staleRatio } = simulate(worldOf({ seed: 2, kind, keys: 150, readsPerSecond: 50 }), source, {
      warmUpMs: HOUR,
      untilMs: 4 * HOUR,
      sight: 'etag',
      rng: seededRandom(9),
    });
    assert.ok(staleRatio > 0.035 && staleRatio < 0.065, `${staleRatio}`);
    const believed = source.learner.staleRatio;
    assert.ok(Math.abs(believed - staleRatio) < 0.02, `believes ${believed}, is ${staleRatio}`);
  });
}

for (const meanMs of [1000, MINUTE, HOUR, 7 * 24 * HOUR]) {
  test(`5 % of the hits are stale where 5 % are asked, at one change in ${meanMs / 1000} s`, () => {
    const source = learned({
      policy: { kind: 'target-share', shareRatio: 0.05 },
      maxAgeMs: 7 * 24 * HOUR,
      rng: seededRandom(5),
    });
    const { staleReads, reads, fetches } = simulate(uniformWorld(3, 'poisson', meanMs, 5, 20), source, {
      warmUpMs: 20 * meanMs + MINUTE,
      untilMs: 80 * meanMs + 2 * MINUTE,
      sight: 'etag',
      rng: seededRandom(9),
    });
    const share = staleReads / (reads - fetches);
    assert.ok(share > 0.035 && share < 0.065, `${share}`);
  });
}

function medianPresetTtl(meanMs: number, untilMs: number): number {
  const ttls: number[] = [];
  const source = learned({ policy: { kind: 'article-preset' }, rng: seededRandom(5) });
  simulate(uniformWorld(3, 'poisson', meanMs, 5, 20), source, {
    warmUpMs: 0,
    untilMs,
    sight: 'etag',
    rng: seededRandom(9),
    onLife: ({ atMs, ttlMs }) => void (atMs > untilMs / 10 && ttls.push(ttlMs)),
  });
  return ttls.sort((a, b) => a - b)[ttls.length >> 1]!;
}

test('the preset gives a weekly flag 6 h', () => {
  assert.ok(Math.abs(medianPresetTtl(7 * 24 * HOUR, 60 * 24 * HOUR) / (6 * HOUR) - 1) < 0.1);
});

test('the preset gives a price that changes every second 500 ms', () => {
  assert.ok(Math.abs(medianPresetTtl(1000, 10 * MINUTE) / 500 - 1) < 0.1);
});

test('no TTL is over the maximum age or under the minimum, spread included', () => {
  for (const spread of ['alone', 'fleet'] as const) {
    const source = learned({ maxAgeMs: 30_000, minTtlMs: 200, spread, rng: seededRandom(5) });
    simulate(worldOf({ seed: 1, kind: 'poisson', keys: 60 }), source, {
      warmUpMs: 0,
      untilMs: HOUR / 4,
      sight: 'version',
      rng: seededRandom(9),
      onLife: ({ ttlMs }) => assert.ok(ttlMs >= 200 && ttlMs <= 30_000, `${ttlMs}`),
    });
  }
});

test('a value whose rate falls from weekly to every 10 s is verified often within two TTLs', () => {
  const learner = new LearnedFreshness({
    policy: { kind: 'target-share', shareRatio: 0.05 },
    rng: seededRandom(3),
  });
  let atMs = 0;
  for (let i = 0; i < 200; i++) atMs += learner.onFetched({ key: 'flag:1', atMs, validator: { version: 1 } });
  const slowTtlMs = learner.inspect('flag:1')!.ttlMs;
  assert.ok(slowTtlMs > HOUR, `${slowTtlMs}`);
  const turnMs = atMs;
  let fetches = 0;
  while (learner.inspect('flag:1')!.ttlMs > 10_000) {
    atMs += learner.onFetched({
      key: 'flag:1',
      atMs,
      validator: { version: 2 + Math.floor((atMs - turnMs) / 10_000) },
    });
    fetches++;
  }
  assert.ok(fetches <= 15, `${fetches} fetches`);
  assert.ok(atMs - turnMs < 2 * slowTtlMs, `${atMs - turnMs} ms against a TTL of ${slowTtlMs} ms`);
});

test('keys of a known kind start from what their kind has taught', () => {
  const learner = new LearnedFreshness({
    policy: { kind: 'target-share', shareRatio: 0.05 },
    rng: seededRandom(3),
  });
  for (let key = 0; key < 50; key++) {
    let atMs = 0;
    for (let i = 0; i < 60; i++)
      atMs += learner.onFetched({ key: `flag:${key}`, atMs, validator: { etag: 'a' } });
  }
  const untaught = learner.onFetched({ key: 'price:1', atMs: 0, validator: { etag: 'a' } });
  const taught = learner.onFetched({ key: 'flag:999', atMs: 0, validator: { etag: 'a' } });
  assert.ok(taught > 20 * untaught, `${taught} ms and ${untaught} ms`);
});

test('an origin that offers nothing to compare keeps the TTL short', () => {
  const learner = new LearnedFreshness({ rng: seededRandom(3) });
  let atMs = 0;
  for (let i = 0; i < 100; i++) atMs += learner.onFetched({ key: 'blind:1', atMs, validator: {} });
  assert.ok(learner.inspect('blind:1')!.ttlMs <= 1100);
});

/** TTLs of a key that never changes, fetched every five seconds for ten minutes. */
function steadyTtls(learner: LearnedFreshness, key: string): number[] {
  return Array.from({ length: 120 }, (_, i) =>
    learner.onFetched({ key, atMs: 10_000 + i * 5000, validator: { etag: 'same' } }),
  );
}

test('a date from before the fetch before, where there was nothing to compare, does not spoil all TTLs', () => {
  const learner = new LearnedFreshness({ rng: seededRandom(3) });
  learner.onFetched({ key: 'a:1', atMs: 0, validator: {} });
  learner.onFetched({ key: 'a:1', atMs: 1000, validator: { etag: 'x', ageMs: 86_400_000 } });
  assert.ok(steadyTtls(learner, 'flag:1').at(-1)! > 5000);
  assert.equal(learner.staleRatio, 0);
});

test('first TTLs of zero, or of a table that does not have the key, do not spoil all others', () => {
  const table: Record<string, number> = { 'never:1': 0 };
  const learner = new LearnedFreshness({
    minTtlMs: 0,
    initialTtlMs: (key) => table[key]!,
    rng: seededRandom(3),
  });
  for (const atMs of [0, 1000]) learner.onFetched({ key: 'never:1', atMs, validator: { etag: 'a' } });
  const first = learner.onFetched({ key: 'unlisted:1', atMs: 1000, validator: { etag: 'a' } });
  assert.ok(first > 900 && first < 1100, `${first}`);
  assert.ok(steadyTtls(learner, 'flag:1').at(-1)! > 5000);
});

test('a key of an unknown kind gets the initial TTL also when there is no room to track it', () => {
  const learner = new LearnedFreshness({ trackedKeys: 8, initialTtlMs: 100, rng: seededRandom(3) });
  for (let i = 0; i < 8; i++) {
    learner.onFetched({ key: `hot:${i}`, atMs: 0, validator: { etag: 'a' } });
    learner.onHits(`hot:${i}`, 200);
  }
  const ttlMs = learner.onFetched({ key: 'new:1', atMs: 0, validator: { etag: 'a' } });
  assert.ok(ttlMs >= 90 && ttlMs <= 110, `${ttlMs}`);
});

test('options out of range are refused', () => {
  const rng = seededRandom(3);
  for (const options of [
    { policy: { kind: 'staleness-budget', budgetRatio: 0 } },
    { policy: { kind: 'staleness-budget', budgetRatio: 5 } },
    { policy: { kind: 'target-share', shareRatio: Number.NaN } },
    { maxAgeMs: Number.NaN },
    { minTtlMs: -1 },
    { initialTtlMs: Number.NaN },
    { trackedKeys: 1.5 },
  ] as const)
    assert.throws(() => new LearnedFreshness({ rng, ...options }), { code: 'L1_BAD_OPTION' });
});

test('20,000 tracked keys take less than 4 MiB', () => {
  globalThis.gc?.();
  const before = process.memoryUsage();
  const learner = new LearnedFreshness({ rng: seededRandom(3) });
  const after = process.memoryUsage();
  const columnsBytes = after.arrayBuffers - before.arrayBuffers;
  assert.ok(columnsBytes > 1e6 && columnsBytes < 3 * 2 ** 20, `${columnsBytes}`);
  for (let i = 0; i < 30_000; i++) learner.onFetched({ key: `k:${i}`, atMs: i, validator: { version: 1 } });
  assert.ok(process.memoryUsage().arrayBuffers - before.arrayBuffers < 3 * 2 ** 20);
});
