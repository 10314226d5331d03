import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import fc from 'fast-check';
import { L1Cache } from '../cache.ts';
import { CacheError, type CacheErrorCode } from '../errors.ts';
import { type L1CacheOptions, Loaded } from '../options.ts';
import { TestClock } from '../test-clock.ts';

const hasCode = (code: CacheErrorCode) => (error: unknown) =>
  error instanceof CacheError && error.code === code;

function cacheWith(options: Partial<L1CacheOptions<string>> = {}) {
  const clock = new TestClock();
  return {
    clock,
    cache: new L1Cache<string>({ budgetBytes: 1_000_000, clock, seed: 1, ttlSpreadRatio: 0, ...options }),
  };
}

/** A loader whose answers the test gives by hand. */
function byHand() {
  const calls: {
    key: string;
    signal: AbortSignal;
    answer: (value: string | Loaded<string>) => void;
    fail: () => void;
  }[] = [];
  const load = (key: string, { signal }: { signal: AbortSignal }) =>
    new Promise<string | Loaded<string>>((resolve, reject) => {
      calls.push({ key, signal, answer: resolve, fail: () => reject(new Error('origin failed')) });
    });
  return { calls, load };
}

test('readers of one key share one load', async () => {
  const { cache } = cacheWith();
  const { calls, load } = byHand();
  const reads = [cache.getOrLoad('a', load), cache.getOrLoad('a', load), cache.getOrLoad('a', load)];
  assert.equal(calls.length, 1);
  calls[0]!.answer('v');
  assert.deepEqual(await Promise.all(reads), ['v', 'v', 'v']);
  assert.deepEqual([cache.stats().loads, cache.stats().joinedLoads], [1, 2]);
});

test('a failed load is not remembered', async () => {
  const { cache } = cacheWith();
  await assert.rejects(
    cache.getOrLoad('a', () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(await cache.getOrLoad('a', async () => 'v'), 'v');
});

test('a loader that throws at once is a failed load', async () => {
  const { cache } = cacheWith();
  const load = () => {
    throw new Error('thrown');
  };
  await assert.rejects(cache.getOrLoad('a', load), /thrown/);
  assert.equal(cache.stats().loadFailures, 1);
});

for (const [name, invalidate] of Object.entries({
  delete: (cache: L1Cache<string>) => cache.delete('a'),
  clear: (cache: L1Cache<string>) => cache.clear(),
  'clear of its prefix': (cache: L1Cache<string>) => cache.clear('a'),
  'a set of a newer value': (cache: L1Cache<string>) => cache.set('a', 'new'),
  'invalidation of a tag it turns out to carry': (cache: L1Cache<string>) => cache.invalidateTag('t'),
  'invalidation of a later version': (cache: L1Cache<string>) => cache.delete('a', { version: 43 }),
})) {
  test(`${name} while the old value is on its way wins`, async () => {
    const { cache } = cacheWith();
    const { calls, load } = byHand();
    const read = cache.getOrLoad('a', load);
    invalidate(cache);
    calls[0]!.answer(new Loaded('old', { tags: ['t'], version: 42 }));
    assert.equal(await read, 'old');
    assert.notEqual(cache.get('a'), 'old');
    assert.equal(cache.stats().overtakenFills, 1);
  });
}

test('a load that brings the invalidated version itself is kept', async () => {
  const { cache } = cacheWith();
  const { calls, load } = byHand();
  const read = cache.getOrLoad('a', load);
  cache.delete('a', { version: 43 });
  calls[0]!.answer(new Loaded('new', { version: 43 }));
  await read;
  assert.equal(cache.get('a'), 'new');
});

test('a reader who comes after an invalidation does not get the value from before', async () => {
  const { cache } = cacheWith();
  const { calls, load } = byHand();
  const before = cache.getOrLoad('a', load);
  cache.delete('a');
  const after = cache.getOrLoad('a', load);
  assert.equal(calls.length, 2);
  calls[1]!.answer('new');
  assert.equal(await after, 'new');
  calls[0]!.answer('old');
  assert.equal(await before, 'old');
  assert.equal(cache.get('a'), 'new');
});

test('whatever order answers and invalidations come in, nothing from before the last invalidation is held', async () => {
  const step = fc.constantFrom('read', 'answer', 'invalidate');
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 3, maxLength: 30 }),
      fc.infiniteStream(fc.nat()),
      async (steps, picks) => {
        const { cache } = cacheWith();
        let truth = 0;
        const waiting: (() => void)[] = [];
        for (const what of steps) {
          if (what === 'read') {
            const seen = truth;
            void cache.getOrLoad(
              'a',
              () => new Promise((resolve) => waiting.push(() => resolve(String(seen)))),
            );
          } else if (what === 'invalidate') {
            truth++;
            cache.delete('a');
          } else if (waiting.length > 0) {
            waiting.splice(picks.next().value % waiting.length, 1)[0]!();
            await new Promise((resolve) => setImmediate(resolve));
          }
          const held = cache.peek('a');
          if (held !== undefined) assert.equal(held, String(truth));
        }
      },
    ),
    { seed: 3, numRuns: 100 },
  );
});

test('a caller who gives up leaves the others waiting, and the last one ends the load', async () => {
  const { cache } = cacheWith();
  const { calls, load } = byHand();
  const first = new AbortController();
  const second = new AbortController();
  const reads = [first, second].map(({ signal }) => cache.getOrLoad('a', load, { signal }));
  first.abort(new Error('gave up'));
  await assert.rejects(reads[0]!, /gave up/);
  assert.equal(calls[0]!.signal.aborted, false);
  second.abort(new Error('gave up too'));
  await assert.rejects(reads[1]!, /gave up too/);
  assert.equal(calls[0]!.signal.aborted, true);
  void cache.getOrLoad('a', load);
  assert.equal(calls.length, 2, 'a new reader starts afresh');
  calls[1]!.answer('v');
});

test('a loader that never settles is given up after its time', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { cache } = cacheWith({ loadTimeoutMs: 500 });
    const { calls, load } = byHand();
    const read = cache.getOrLoad('a', load);
    mock.timers.tick(500);
    await assert.rejects(read, hasCode('L1_LOAD_TIMEOUT'));
    assert.equal(calls[0]!.signal.aborted, true);
    const again = cache.getOrLoad('a', load);
    calls[1]!.answer('v');
    assert.equal(await again, 'v');
  } finally {
    mock.timers.reset();
  }
});

test('a bulk load that took too long is named by its first key and their number', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    const { cache } = cacheWith({ loadTimeoutMs: 500 });
    const keys = Array.from({ length: 5000 }, (_, i) => `k:${i}`);
    const read = cache.getOrLoadMany(keys, () => new Promise(() => {}));
    await undefined;
    mock.timers.tick(500);
    await assert.rejects(read, { message: 'Loading "k:0" and 4999 more took longer than 500 ms.' });
  } finally {
    mock.timers.reset();
  }
});

test('the breaker opens after failures in a row, lets one try, and closes on success', async () => {
  const { cache, clock } = cacheWith({ protection: { breakerFailures: 3, breakerOpenMs: 1000 } });
  const fail = () => Promise.reject(new Error('down'));
  for (let i = 0; i < 3; i++) await assert.rejects(cache.getOrLoad(`k${i}`, fail), /down/);
  await assert.rejects(
    cache.getOrLoad('a', async () => 'v'),
    hasCode('L1_BREAKER_OPEN'),
  );
  clock.advance(1000);
  const { calls, load } = byHand();
  const trial = cache.getOrLoad('a', load);
  await assert.rejects(cache.getOrLoad('b', load), hasCode('L1_BREAKER_OPEN'));
  calls[0]!.answer('v');
  assert.equal(await trial, 'v');
  assert.equal(await cache.getOrLoad('b', async () => 'w'), 'w');
});

test('no more loads run than allowed, and no more wait', async () => {
  const { cache } = cacheWith({ protection: { maxConcurrentLoads: 2, maxQueuedLoads: 1 } });
  const { calls, load } = byHand();
  const reads = ['a', 'b', 'c'].map((key) => cache.getOrLoad(key, load));
  await assert.rejects(cache.getOrLoad('d', load), hasCode('L1_LOAD_QUEUE_FULL'));
  assert.equal(calls.length, 2);
  calls[0]!.answer('A');
  await reads[0];
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(calls.length, 3);
  calls[1]!.fail();
  calls[2]!.answer('C');
  await assert.rejects(reads[1]!, /origin failed/);
  assert.equal(await reads[2], 'C');
});

test('stale is served while the breaker is open, and counted as such', async () => {
  const { cache, clock } = cacheWith({
    ttlMs: 100,
    staleIfErrorMs: 10_000,
    protection: { breakerFailures: 1 },
  });
  cache.set('a', 'v');
  clock.advance(200);
  const fail = () => Promise.reject(new Error('down'));
  assert.equal(await cache.getOrLoad('a', fail), 'v');
  assert.equal(await cache.getOrLoad('a', fail), 'v');
  assert.equal(cache.stats().staleHitsOnError, 2);
});

test('a prefetch leaves an origin alone whose breaker is open', async () => {
  const { cache } = cacheWith();
  const down = () => Promise.reject(new Error('down'));
  cache.define('', { load: down, prefetchable: true, protection: { breakerFailures: 1 } });
  await assert.rejects(cache.read('a'), /down/);
  assert.equal(cache.prefetch('b'), 'origin-busy');
});

test('a failed prefetch troubles nobody', async () => {
  const { cache } = cacheWith();
  cache.define('', { load: () => Promise.reject(new Error('down')), prefetchable: true });
  assert.equal(cache.prefetch('a'), 'started');
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(cache.stats().loadFailures, 1);
});
