import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessRecord } from '../access.ts';
import type { PrefetchOutcome } from '../options.ts';
import { seededRandom } from '../random.ts';
import { Prewarmer, type PrewarmerOptions } from './prewarmer.ts';

/** A cache that holds nothing it is not told to, and answers prefetches 2 ms later. */
class FakeCache {
  readonly held = new Set<string>();
  readonly prefetched: string[] = [];
  answer: PrefetchOutcome = 'started';

  has(key: string): boolean {
    return this.held.has(key);
  }

  prefetch(key: string): PrefetchOutcome {
    this.prefetched.push(key);
    return this.answer;
  }
}

const OPTIONS: PrewarmerOptions = { salt: 99, rng: () => 0.5 };

/** A session is read at `atMs`, and 20 ms later the profile that it names. */
function visit(
  session: string,
  user: number,
  atMs: number,
  value: object = { userId: user },
): AccessRecord[] {
  const read = (key: string, found: object, readMs: number): AccessRecord[] => [
    { key, outcome: 'miss', value: undefined, atMs: readMs },
    { key, outcome: 'fill', value: found, atMs: readMs + 2, origin: 'demand' },
  ];
  return [...read(`session.12:${session}`, value, atMs), ...read(`profile.14:${user}`, {}, atMs + 20)];
}

function visits(from: number, count: number, valueFor?: (user: number) => object): AccessRecord[] {
  return Array.from({ length: count }, (_, i) => from + i).flatMap((n) =>
    visit(`s${n}`, 7_000_000 + n, n * 100, valueFor?.(7_000_000 + n)),
  );
}

function learnOneByOne(prewarmer: Prewarmer, records: readonly AccessRecord[]): void {
  for (const record of records) prewarmer.learn([record]);
}

/** A session not seen before has the profile that it names fetched, and nothing else. */
function assertNamesProfile(prewarmer: Prewarmer, cache: FakeCache, atMs = 9900): void {
  cache.prefetched.length = 0;
  learnOneByOne(prewarmer, visit('s99', 8_123_456, atMs));
  assert.deepEqual(cache.prefetched, ['profile.14:8123456']);
}

test('the profile that a session names is prefetched once the rule has proved itself', () => {
  const cache = new FakeCache();
  const prewarmer = new Prewarmer(cache, OPTIONS);
  learnOneByOne(prewarmer, visits(0, 30));
  assertNamesProfile(prewarmer, cache);
});

test('a rule is scored in shadow before its first fetch', () => {
  const cache = new FakeCache();
  const prewarmer = new Prewarmer(cache, OPTIONS);
  learnOneByOne(prewarmer, visits(0, 12));
  assert.deepEqual(cache.prefetched, []);
  assert.ok(prewarmer.stats().outcomes.shadow >= 8);
});

test('what is held already is not fetched again', () => {
  const cache = new FakeCache();
  const prewarmer = new Prewarmer(cache, OPTIONS);
  learnOneByOne(prewarmer, visits(0, 30));
  cache.prefetched.length = 0;
  cache.held.add('profile.14:8123456');
  learnOneByOne(prewarmer, visit('s99', 8_123_456, 9900));
  assert.deepEqual(cache.prefetched, []);
});

test('a field named like a secret names nothing, though its value does', () => {
  const cache = new FakeCache();
  const prewarmer = new Prewarmer(cache, OPTIONS);
  learnOneByOne(
    prewarmer,
    visits(0, 60, (user) => ({ userToken: user })),
  );
  assert.deepEqual(cache.prefetched, []);
  assert.deepEqual(prewarmer.stats().outcomes.shadow, 0);
});

test('a loader that is not prefetchable costs no budget and counts as refused', () => {
  const cache = new FakeCache();
  cache.answer = 'not-prefetchable';
  const prewarmer = new Prewarmer(cache, { ...OPTIONS, wasteBurst: 4 });
  learnOneByOne(prewarmer, visits(0, 60));
  const { fetched, outcomes } = prewarmer.stats();
  assert.equal(fetched, 0);
  assert.ok(outcomes.refused > 20, `${outcomes.refused} refused`);
});

test('a rule that turns false stops fetching within the waste budget', () => {
  const cache = new FakeCache();
  const prewarmer = new Prewarmer(cache, { ...OPTIONS, wasteBurst: 50 });
  learnOneByOne(prewarmer, visits(0, 50));
  const before = prewarmer.stats().unused;
  const sessionsOnly = visits(100, 2000).filter((record) => record.key.startsWith('session'));
  learnOneByOne(prewarmer, sessionsOnly);
  const unused = prewarmer.stats().unused - before;
  assert.ok(unused > 0 && unused < 50, `${unused} unused prefetches of 2000 bait reads`);
});

test('every held-out guess stays unfetched', () => {
  const cache = new FakeCache();
  const prewarmer = new Prewarmer(cache, { ...OPTIONS, holdOutRatio: 1 });
  learnOneByOne(prewarmer, visits(0, 60));
  assert.deepEqual(cache.prefetched, []);
  const { heldOut, heldOutRead } = prewarmer.stats();
  assert.ok(heldOut > 20 && heldOutRead >= heldOut - 1, `${heldOutRead} of ${heldOut} held out were read`);
});

test('values used as maps, with ever new fields, do not keep other rules from being learned', () => {
  const cache = new FakeCache();
  const prewarmer = new Prewarmer(cache, OPTIONS);
  for (let i = 0; i < 200; i++) {
    const quantities = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`sku${i}-${n}`, n]));
    const fill: AccessRecord = { key: `cart:${i}`, outcome: 'fill', value: quantities, atMs: i };
    prewarmer.learn([fill]);
  }
  learnOneByOne(prewarmer, visits(10, 40));
  assertNamesProfile(prewarmer, cache);
});

test('words that turn out to be names do not keep later rules from being learned', () => {
  const cache = new FakeCache();
  const prewarmer = new Prewarmer(cache, OPTIONS);
  for (let i = 0; i < 100; i++) {
    const name = `${'abcdefghij'[i % 10]}${'klmnopqrst'[Math.floor(i / 10)]}`;
    const value = Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`f${n}`, `v${i}.${n}`]));
    const fill: AccessRecord = { key: `user:${name}:settings`, outcome: 'fill', value, atMs: i };
    prewarmer.learn([fill]);
  }
  learnOneByOne(prewarmer, visits(10, 40));
  assertNamesProfile(prewarmer, cache);
});

test('joins by chance do not take up the room for all rules for good', () => {
  const cache = new FakeCache();
  const rng = seededRandom(5);
  const upTo = (most: number) => 1 + Math.floor(rng() * most);
  const prewarmer = new Prewarmer(cache, OPTIONS);
  for (let i = 0; i < 10_000; i++) {
    const tenant = 100_000 + upTo(200);
    const value = { tenantId: tenant, pieces: upTo(20), boxes: upTo(20), pallets: upTo(20) };
    const key = `${'abcdefghijklmnopqrst'[upTo(20) - 1]}:${tenant}:${upTo(1000)}`;
    learnOneByOne(prewarmer, [
      { key, outcome: 'miss', value: undefined, atMs: i * 5 },
      { key, outcome: 'fill', value, atMs: i * 5 + 2, origin: 'demand' },
    ]);
  }
  learnOneByOne(prewarmer, visits(700, 40));
  assertNamesProfile(prewarmer, cache, 79_000);
});

test('values that throw when they are looked at keep nothing else from being learned', () => {
  const cache = new FakeCache();
  const prewarmer = new Prewarmer(cache, OPTIONS);
  const odd = {
    get lazy(): number {
      throw new Error('not loaded');
    },
  };
  for (let n = 0; n < 40; n++) {
    const fill: AccessRecord = { key: `odd:${n}`, outcome: 'fill', value: odd, atMs: n * 100 };
    prewarmer.learn([fill, ...visit(`s${n}`, 7_000_000 + n, n * 100)]);
  }
  assertNamesProfile(prewarmer, cache);
});

test('nothing is learned of keys longer than 255 characters', () => {
  const cache = new FakeCache();
  const prewarmer = new Prewarmer(cache, { ...OPTIONS, slots: { wallOffsetMs: 0 } });
  const { bytes } = prewarmer.stats();
  const lengthen = (record: AccessRecord) => ({ ...record, key: `${'x'.repeat(255)}${record.key}` });
  const records = visits(0, 60).map(lengthen);
  learnOneByOne(prewarmer, records);
  assert.deepEqual(cache.prefetched, []);
  assert.equal(prewarmer.stats().skipped, records.length);
  assert.equal(prewarmer.stats().bytes, bytes);
});
