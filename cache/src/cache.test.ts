import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessRecord } from './access.ts';
import { L1Cache } from './cache.ts';
import { systemClock } from './clock.ts';
import { CacheError, type CacheErrorCode } from './errors.ts';
import { namespace } from './namespace.ts';
import { type L1CacheOptions, Loaded } from './options.ts';
import type { EvictionPolicy } from './store/eviction/policy.ts';
import { SegmentedQueue } from './store/eviction/segmented-queue.ts';
import { EXPERTS } from './store/eviction/tuning.ts';
import { TestClock } from './test-clock.ts';

const roomy = { limitBytes: () => undefined, usedBytes: () => undefined };

function cacheWith(options: Partial<L1CacheOptions<string>> = {}) {
  const clock = new TestClock();
  const cache = new L1Cache<string>({
    budgetBytes: 1_000_000,
    clock,
    seed: 1,
    ttlSpreadRatio: 0,
    refreshAheadRatio: 0,
    containerMemory: roomy,
    ...options,
  });
  return { cache, clock };
}

const hasCode = (code: CacheErrorCode) => (error: unknown) =>
  error instanceof CacheError && error.code === code;
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test("by the machine's clock, a read in the next turn of the event loop sees that a life has ended", async () => {
  const { cache } = cacheWith({ clock: systemClock });
  cache.set('k', 'v', { ttlMs: 100 });
  assert.equal(cache.get('k'), 'v');
  const endedMs = systemClock.now() + 101;
  while (systemClock.now() < endedMs);
  await settled();
  assert.equal(cache.get('k'), undefined);
});

test('a value is served until its life ends, and not after', () => {
  const { cache, clock } = cacheWith({ ttlMs: 100 });
  cache.set('a', 'v');
  clock.advance(99);
  assert.equal(cache.get('a'), 'v');
  clock.advance(1);
  assert.equal(cache.get('a'), undefined);
  assert.equal(cache.has('a'), false);
});

test('peek and has leave no trace', () => {
  const { cache } = cacheWith();
  cache.set('a', 'v');
  assert.equal(cache.peek('a'), 'v');
  assert.equal(cache.has('b'), false);
  const { hits, misses } = cache.stats();
  assert.deepEqual({ hits, misses }, { hits: 0, misses: 0 });
});

test('every read is counted as a hit, a stale hit or a miss', async () => {
  const { cache, clock } = cacheWith({ ttlMs: 100, staleIfErrorMs: 100 });
  cache.set('a', 'v');
  cache.get('a');
  cache.get('b');
  clock.advance(150);
  assert.equal(await cache.getOrLoad('a', () => Promise.reject(new Error('down'))), 'v');
  const { hits, misses, staleHits, staleHitsOnError, hitRatio } = cache.stats();
  assert.deepEqual(
    { hits, misses, staleHits, staleHitsOnError, hitRatio },
    { hits: 1, misses: 1, staleHits: 1, staleHitsOnError: 1, hitRatio: 2 / 3 },
  );
});

test('a value past its stale window is not served when the load fails', async () => {
  const { cache, clock } = cacheWith({ ttlMs: 100, staleIfErrorMs: 100 });
  cache.set('a', 'v');
  clock.advance(200);
  await assert.rejects(
    cache.getOrLoad('a', () => Promise.reject(new Error('down'))),
    /down/,
  );
});

test('a stale value is served at once while one load renews it', async () => {
  const { cache, clock } = cacheWith({ ttlMs: 100, staleWhileRevalidateMs: 50 });
  let loads = 0;
  cache.define('', { load: async () => `v${++loads}` });
  assert.equal(await cache.read('a'), 'v1');
  clock.advance(120);
  assert.equal(cache.get('a'), 'v1');
  assert.equal(cache.get('a'), 'v1');
  await settled();
  assert.equal(cache.get('a'), 'v2');
  assert.equal(loads, 2);
});

test('nothing is served past the hard maximum age', async () => {
  const { cache, clock } = cacheWith({
    ttlMs: 100,
    maxAgeMs: 120,
    staleWhileRevalidateMs: 500,
    staleIfErrorMs: 500,
  });
  cache.define('', { load: () => Promise.reject(new Error('down')) });
  cache.set('a', 'v');
  clock.advance(119);
  assert.equal(cache.get('a'), 'v');
  clock.advance(1);
  assert.equal(cache.get('a'), undefined);
  await assert.rejects(cache.read('a'), /down/);
});

test('a value read often is renewed in the last tenth of its life, one read seldom is not', async () => {
  const { cache, clock } = cacheWith({ ttlMs: 1000, refreshAheadRatio: 0.1 });
  let loads = 0;
  cache.define('', { load: async () => `v${++loads}` });
  await cache.read('hot');
  await cache.read('cold');
  for (let read = 0; read < 5; read++) cache.get('hot');
  clock.advance(950);
  assert.equal(cache.get('hot'), 'v1');
  assert.equal(cache.get('cold'), 'v2');
  await settled();
  assert.equal(cache.get('hot'), 'v3');
  clock.advance(49);
  assert.equal(cache.get('cold'), 'v2', 'it still lives to its end');
  clock.advance(1);
  assert.equal(cache.get('cold'), undefined);
});

test('loaded lives are cut at random by up to the spread, and never made longer', async () => {
  const { cache, clock } = cacheWith({ ttlMs: 1000, ttlSpreadRatio: 0.5 });
  for (let i = 0; i < 200; i++) await cache.getOrLoad(`k${i}`, async () => 'v');
  const alive = () => Array.from({ length: 200 }, (_, i) => cache.has(`k${i}`)).filter(Boolean).length;
  clock.advance(499);
  assert.equal(alive(), 200);
  clock.advance(251);
  assert.ok(alive() > 60 && alive() < 140, `${alive()} of 200 live at half the spread`);
  clock.advance(250);
  assert.equal(alive(), 0);
});

test('that there is no value is remembered for its own time', async () => {
  const { cache, clock } = cacheWith({ ttlMs: 1000, negativeTtlMs: 50 });
  let loads = 0;
  const load = async () => {
    loads++;
    return undefined as unknown as string;
  };
  await cache.getOrLoad('a', load);
  assert.equal(await cache.getOrLoad('a', load), undefined);
  assert.equal(loads, 1);
  assert.equal(cache.get('a'), undefined);
  clock.advance(50);
  await cache.getOrLoad('a', load);
  assert.equal(loads, 2);
});

test('a lower version does not overwrite a higher one, nor come back after it was invalidated', () => {
  const { cache } = cacheWith();
  cache.set('a', 'v43', { version: 43 });
  assert.equal(cache.set('a', 'v42', { version: 42 }), 'refused-older-version');
  assert.equal(cache.get('a'), 'v43');
  cache.delete('a', { version: 44 });
  assert.equal(cache.set('a', 'v43', { version: 43 }), 'refused-older-version');
  assert.equal(cache.set('a', 'v44', { version: 44 }), 'stored');
});

test('a tag takes all its entries with it and leaves the others', () => {
  const { cache } = cacheWith();
  cache.set('a', '1', { tags: ['x', 'y'] });
  cache.set('b', '2', { tags: ['y'] });
  cache.set('c', '3');
  cache.set('a', '1', { tags: ['x'] });
  assert.equal(cache.invalidateTag('y'), 1);
  assert.deepEqual([cache.get('a'), cache.get('b'), cache.get('c')], ['1', undefined, '3']);
  assert.equal(cache.stats().removals['tag-invalidated'], 1);
});

test('a namespace clears its own keys alone', () => {
  const { cache } = cacheWith();
  const users = namespace(cache, 'user:');
  users.set('1', 'ada');
  cache.set('price:1', '9');
  assert.equal(cache.get('user:1'), 'ada');
  users.clear();
  assert.equal(users.get('1'), undefined);
  assert.equal(cache.get('price:1'), '9');
});

test('bulk reads load what is missing in one call', async () => {
  const { cache } = cacheWith();
  cache.set('a', 'A');
  const asked: string[][] = [];
  const load = async (keys: readonly string[]) => {
    asked.push([...keys]);
    return new Map(keys.filter((key) => key !== 'none').map((key) => [key, key.toUpperCase()]));
  };
  const found = await cache.getOrLoadMany(['a', 'b', 'c', 'b', 'none'], load);
  assert.deepEqual(asked, [['b', 'c', 'none']]);
  assert.deepEqual([...found].sort(), [
    ['a', 'A'],
    ['b', 'B'],
    ['c', 'C'],
  ]);
  assert.deepEqual(
    cache.getMany(['a', 'b', 'zz']),
    new Map([
      ['a', 'A'],
      ['b', 'B'],
    ]),
  );
});

test('listeners see every access in order, with what a refetch found', async () => {
  const { cache, clock } = cacheWith({ ttlMs: 100 });
  const seen: AccessRecord[] = [];
  using _listening = cache.onAccesses((batch) => seen.push(...batch));
  cache.get('a');
  cache.set('a', 'v', { version: 1, origin: 'prefetch' });
  cache.get('a');
  cache.get('a');
  clock.advance(10);
  cache.set('a', 'v', { version: 1 });
  cache.flushAccesses();
  assert.deepEqual(
    seen.map((record) => record.outcome),
    ['miss', 'fill', 'hit', 'hit', 'fill'],
  );
  assert.deepEqual(
    seen.map((record) => record.firstUseOfPrefetch ?? false),
    [false, false, true, false, false],
  );
  assert.equal(seen[4]!.sameValue, true);
  assert.equal(seen[4]!.previousAgeMs, 10);
  assert.equal(cache.stats().usedPrefetches, 1);
});

test('the batch comes by itself within moments', async () => {
  const { cache } = cacheWith();
  cache.set('a', 'v');
  const { promise, resolve } = Promise.withResolvers<readonly AccessRecord[]>();
  using _listening = cache.onAccesses((batch) => resolve([...batch]));
  cache.get('a');
  assert.equal((await promise)[0]!.outcome, 'hit');
});

test('a prefetch loads only what is absent, allowed and not on its way', async () => {
  const { cache } = cacheWith();
  cache.define('p:', { load: async (key) => key, prefetchable: true });
  cache.define('n:', { load: async (key) => key });
  assert.equal(cache.prefetch('x'), 'no-loader');
  assert.equal(cache.prefetch('n:1'), 'not-prefetchable');
  assert.equal(cache.prefetch('p:1'), 'started');
  assert.equal(cache.prefetch('p:1'), 'in-flight');
  await settled();
  assert.equal(cache.prefetch('p:1'), 'held');
});

/** A cache whose window gives up what was not hit twice in it. */
function cacheWhereHitsAdmit() {
  const queue = new SegmentedQueue(EXPERTS[1]!, 'changing');
  const policy: EvictionPolicy = {
    grow: (capacity) => queue.grow(capacity, capacity),
    onHit: (slot) => queue.hit(slot),
    onMiss: () => {},
    onInsert: (slot, hash) => queue.insert(slot, hash | 0),
    onRemove: (slot) => queue.remove(slot),
    evict: () => queue.evict(),
  };
  const { cache } = cacheWith({ policy });
  cache.define('p:', { load: async (key) => key, prefetchable: true });
  return cache;
}

test('a prefetch believed to be read often outlives a scan that takes one believed to be new, where hits admit', async () => {
  const cache = cacheWhereHitsAdmit();
  cache.prefetch('p:known', { frequency: 3 });
  cache.prefetch('p:new');
  await settled();
  for (let i = 0; cache.has('p:new'); i++) cache.set(`scan:${i}`, 'v');
  assert.equal(cache.has('p:known'), true);
});

test('a load of what counts as read longest ago begins only where there is room, and pushes nothing out', async () => {
  const { cache } = cacheWith({ maxEntries: 2 });
  cache.define('p:', { load: async (key) => key, prefetchable: true });
  cache.set('a', 'a');
  assert.equal(cache.prefetch('p:1', { recency: 'oldest' }), 'started');
  cache.set('b', 'b');
  await settled();
  assert.equal(cache.prefetch('p:2', { recency: 'oldest' }), 'no-room');
  assert.deepEqual([...cache.hottest(9)].sort(), ['a', 'b']);
});

test('a load counts as in flight until it ends', async () => {
  const { cache } = cacheWith();
  const { promise, resolve } = Promise.withResolvers<string>();
  const read = cache.getOrLoad('k', () => promise);
  assert.equal(cache.loadsInFlight, 1);
  resolve('v');
  await read;
  assert.equal(cache.loadsInFlight, 0);
});

test('a prefetch of what is held makes it outlive a scan as if it had been read so often', () => {
  const cache = cacheWhereHitsAdmit();
  cache.set('p:known', 'v');
  cache.set('p:new', 'v');
  assert.equal(cache.prefetch('p:known', { frequency: 3 }), 'held');
  for (let i = 0; cache.has('p:new'); i++) cache.set(`scan:${i}`, 'v');
  assert.equal(cache.has('p:known'), true);
});

test('what a loader says of its value goes before the defaults', async () => {
  const { cache, clock } = cacheWith({ ttlMs: 1000 });
  await cache.getOrLoad('a', async () => new Loaded('v', { ttlMs: 10, tags: ['t'], version: 3 }));
  clock.advance(9);
  assert.equal(cache.get('a'), 'v');
  assert.equal(cache.invalidateTag('t'), 1);
});

test('the ttl policy sees what was there before', () => {
  const asked: unknown[] = [];
  const { cache, clock } = cacheWith({
    ttl: (key, { previous, version }) => {
      asked.push({ key, version, previous });
      return 50;
    },
  });
  cache.set('a', 'v1', { version: 1 });
  clock.advance(20);
  cache.set('a', 'v2', { version: 2 });
  assert.deepEqual(asked[1], { key: 'a', version: 2, previous: { value: 'v1', version: 1, ageMs: 20 } });
  clock.advance(50);
  assert.equal(cache.get('a'), undefined);
});

test('a budget above what the container may use is refused, naming both', () => {
  const containerMemory = { limitBytes: () => 64 * 2 ** 20, usedBytes: () => 0 };
  assert.throws(() => cacheWith({ budgetBytes: 2 ** 27, containerMemory }), hasCode('L1_BUDGET_TOO_LARGE'));
  assert.throws(() => cacheWith({ budgetBytes: 2 ** 27, containerMemory }), /128 MiB.*64 MiB/);
});

test('options out of range are refused by name', () => {
  const wrong: Partial<L1CacheOptions<string>>[] = [
    { budgetBytes: -1 },
    { budgetBytes: Number.NaN },
    { ttlMs: -5 },
    { ttlSpreadRatio: 1 },
    { workers: 0 },
    { maxEntries: 1.5 },
  ];
  for (const options of wrong) {
    assert.throws(() => cacheWith(options), hasCode('L1_BAD_OPTION'));
    assert.throws(() => cacheWith(options), new RegExp(Object.keys(options)[0]!));
  }
});

test('a bound of Infinity on the entries is none', () => {
  const { cache } = cacheWith({ maxEntries: Number.POSITIVE_INFINITY });
  assert.equal(cache.set('a', 'v'), 'stored');
});

test('workers of one pod hold their part of the budget each', () => {
  assert.equal(cacheWith({ budgetBytes: 1_000_000, workers: 4 }).cache.budgetBytes, 250_000);
});

test('a budget of nothing stores nothing and still answers', async () => {
  const { cache } = cacheWith({ budgetBytes: 0 });
  assert.equal(cache.set('a', 'v'), 'refused-too-large');
  assert.equal(await cache.getOrLoad('a', async () => 'v'), 'v');
});

test('a value that no longer fits takes the old one with it', () => {
  const { cache } = cacheWith({ budgetBytes: 20_000 });
  cache.set('a', 'small');
  assert.equal(cache.set('a', 'x'.repeat(50_000)), 'refused-too-large');
  assert.equal(cache.get('a'), undefined, 'the old value is no longer true');
  assert.equal(cache.stats().removals.overwritten, 1);
});

test('stored objects can be frozen', () => {
  const cache = new L1Cache<{ inner: { n: number } }>({ budgetBytes: 1_000_000, freezing: 'deep' });
  cache.set('a', { inner: { n: 1 } });
  assert.throws(() => {
    cache.get('a')!.inner.n = 2;
  }, TypeError);
});

test('values can be kept as bytes outside the heap', () => {
  const cache = new L1Cache<{ n: number }>({
    budgetBytes: 1_000_000,
    values: {
      encode: (value) => Buffer.from(JSON.stringify(value)),
      decode: (bytes) => JSON.parse(Buffer.from(bytes).toString()),
    },
  });
  cache.set('a', { n: 1 });
  assert.deepEqual(cache.get('a'), { n: 1 });
  assert.notEqual(cache.get('a'), cache.get('a'), 'every read gets a copy of its own');
});

for (const { name, remove } of [
  { name: 'deleted', remove: (cache: L1Cache<string>) => cache.delete('a') },
  { name: 'replaced', remove: (cache: L1Cache<string>) => cache.set('a', 'w') === 'stored' },
]) {
  test(`a value that its codec cannot decode can be ${name} while listeners wait for the read that found out`, () => {
    const cache = new L1Cache<string>({
      budgetBytes: 1_000_000,
      ttl: () => 1000,
      values: {
        encode: (value) => Buffer.from(value),
        decode: (bytes) => {
          const text = Buffer.from(bytes).toString();
          if (text === 'undecodable') throw new Error('cannot be decoded');
          return text;
        },
      },
    });
    using _listening = cache.onAccesses(() => {});
    cache.set('a', 'undecodable');
    assert.throws(() => cache.get('a'), /cannot be decoded/);
    assert.equal(remove(cache), true);
    assert.equal(cache.get('a'), name === 'replaced' ? 'w' : undefined);
  });
}

test('what is frozen outside only is frozen inside too, and a long chain to its end', () => {
  const cache = new L1Cache<{ readonly next?: object }>({ budgetBytes: 1_000_000, freezing: 'deep' });
  const last = { next: {} };
  let chain: { readonly next: object } = last;
  for (let i = 0; i < 20_000; i++) chain = Object.freeze({ next: chain });
  cache.set('a', chain);
  assert.ok(Object.isFrozen(last) && Object.isFrozen(last.next));
});

test('a set that throws does not leave the value from before', () => {
  const { cache } = cacheWith({
    ttl: (_, { value }) => {
      if (value === 'new') throw new Error('no TTL for this');
      return 1000;
    },
  });
  cache.set('a', 'old');
  assert.throws(() => cache.set('a', 'new'), /no TTL for this/);
  assert.equal(cache.get('a'), undefined);
});
