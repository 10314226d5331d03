import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { L1Cache } from '../cache.ts';
import { CacheError } from '../errors.ts';
import { TestClock } from '../test-clock.ts';

const DAY_MS = 86_400_000;

function cacheOf(budgetBytes = 1_000_000) {
  const clock = new TestClock();
  return { clock, cache: new L1Cache<unknown>({ budgetBytes, clock, seed: 1 }) };
}

function warm() {
  const { cache, clock } = cacheOf();
  for (let i = 0; i < 100; i++)
    cache.set(`k${i}`, { n: i }, { ttlMs: 1000, version: i, tags: [`t${i % 2}`] });
  for (let read = 0; read < 9; read++) for (let i = 90; i < 100; i++) cache.get(`k${i}`);
  return { cache, clock };
}

test('what was held is held again, with its life, version and tags', () => {
  const { cache, clock } = warm();
  clock.advance(400);
  const { cache: next, clock: nextClock } = cacheOf();
  const report = next.restore(cache.snapshot('keys-and-values', DAY_MS), DAY_MS);
  assert.deepEqual(
    { outcome: report.outcome, restored: report.restored },
    { outcome: 'restored', restored: 100 },
  );
  assert.deepEqual(next.get('k7'), { n: 7 });
  assert.equal(next.set('k7', 'old', { version: 6 }), 'refused-older-version');
  nextClock.advance(599);
  assert.ok(next.has('k7'));
  nextClock.advance(1);
  assert.ok(!next.has('k7'));
});

test('the time between is taken off every life', () => {
  const { cache } = warm();
  const { cache: next, clock } = cacheOf();
  next.restore(cache.snapshot('keys-and-values', DAY_MS), DAY_MS + 900);
  clock.advance(99);
  assert.ok(next.has('k1'));
  clock.advance(1);
  assert.ok(!next.has('k1'));
  const report = cacheOf().cache.restore(cache.snapshot('keys-and-values', DAY_MS), DAY_MS + 1000);
  assert.deepEqual([report.restored, report.keys.length], [0, 100]);
});

test('when a restored cache must evict, what was read most leaves last', () => {
  const { cache } = warm();
  const next = new L1Cache<unknown>({
    budgetBytes: 1_000_000,
    clock: new TestClock(),
    seed: 1,
    maxEntries: 100,
  });
  next.restore(cache.snapshot('keys-and-values', 0), 0);
  for (let i = 0; i < 80; i++) next.set(`new${i}`, i);
  for (let i = 90; i < 100; i++) assert.ok(next.has(`k${i}`), `k${i} is hot and was lost`);
});

test('a restored cache goes on with the eviction that the one before had learned', () => {
  const loopOver = (cache: L1Cache<unknown>): number => {
    let hits = 0;
    for (let i = 0; i < 600; i++) {
      if (cache.get(`k${i}`) === undefined) cache.set(`k${i}`, i);
      else hits++;
    }
    return hits;
  };
  const cacheOf300 = () =>
    new L1Cache<unknown>({ budgetBytes: 10_000_000, clock: new TestClock(), seed: 1, maxEntries: 300 });
  const cache = cacheOf300();
  for (let round = 0; round < 60; round++) loopOver(cache);
  const next = cacheOf300();
  next.restore(cache.snapshot());
  assert.ok(loopOver(cache) > 250, 'the first learned to keep a part of the loop');
  assert.ok(loopOver(next) + loopOver(next) > 500, 'and so does the next, from its first round on');
});

test('the hottest come first, and a smaller budget keeps those', () => {
  const { cache } = warm();
  const { keys } = cacheOf().cache.restore(cache.snapshot('keys', 0), 0);
  assert.deepEqual(new Set(keys.slice(0, 10)), new Set(Array.from({ length: 10 }, (_, i) => `k${90 + i}`)));
  const { cache: small } = cacheOf(14_000);
  const { restored } = small.restore(cache.snapshot('keys-and-values', 0), 0);
  assert.ok(restored > 10 && restored < 100, `${restored} restored`);
  for (let i = 90; i < 100; i++) assert.ok(small.has(`k${i}`), `k${i} is hot and was lost`);
});

test('a corrupt or foreign snapshot is refused and the cache stays empty', () => {
  const good = warm().cache.snapshot();
  for (let at = 0; at < good.length; at += 7) {
    const bad = Buffer.from(good);
    bad[at] = bad[at]! ^ 0x40;
    const { cache } = cacheOf();
    assert.match(cache.restore(bad).outcome, /^refused-(foreign|format|corrupt)$/, `byte ${at}`);
    assert.equal(cache.size, 0);
  }
  for (const cut of [0, 5, 9, 30, good.length - 1]) {
    assert.notEqual(cacheOf().cache.restore(good.subarray(0, cut)).outcome, 'restored', `cut at ${cut}`);
  }
  assert.equal(
    cacheOf().cache.restore(Buffer.from('{"not":"ours, though long enough to be"}')).outcome,
    'refused-foreign',
  );
});

test('a value that cannot be written down is named as the reason', () => {
  const { cache } = cacheOf();
  cache.set('f', () => 1);
  assert.throws(
    () => cache.snapshot(),
    (error) => error instanceof CacheError && error.code === 'L1_BAD_SNAPSHOT',
  );
});

test('what is held or being loaded already stays, as it is later than the snapshot', async () => {
  const { cache } = cacheOf();
  for (const key of ['a', 'b', 'c']) cache.set(key, 'old');
  const snapshot = cache.snapshot();
  const { cache: next } = cacheOf();
  next.set('a', 'new');
  const read = next.getOrLoad('b', async () => 'loaded');
  assert.equal(next.restore(snapshot).restored, 1);
  await read;
  assert.deepEqual(
    ['a', 'b', 'c'].map((key) => next.get(key)),
    ['new', 'loaded', 'old'],
  );
});

test('a load under way is later than the snapshot also when readers no longer join it', async () => {
  const { cache } = cacheOf();
  cache.set('a', 'old');
  const { cache: next } = cacheOf();
  const read = next.getOrLoad('a', async () => 'loaded');
  next.invalidateTag('of others');
  assert.equal(next.restore(cache.snapshot()).restored, 0);
  await read;
  assert.equal(next.get('a'), 'loaded');
});

test('restored bytes have memory of their own', () => {
  const { cache } = cacheOf();
  const parts = {
    buffer: Buffer.from([1, 2]),
    floats: new Float64Array([0.5]),
    view: new DataView(new Uint8Array([3, 4]).buffer),
  };
  cache.set('a', parts);
  const snapshot = cache.snapshot();
  const { cache: next } = cacheOf();
  next.restore(snapshot);
  snapshot.fill(0);
  const restored = next.get('a') as typeof parts;
  assert.deepEqual(restored, parts);
  assert.deepEqual(
    [restored.buffer, restored.floats, restored.view].map(({ buffer }) => buffer.byteLength),
    [2, 8, 2],
  );
});

test('a snapshot in the format of another V8 is refused', () => {
  const snapshot = warm().cache.snapshot();
  snapshot[23] = 99;
  snapshot.writeUInt32LE(crc32(snapshot.subarray(14)), 10);
  const { cache } = cacheOf();
  assert.equal(cache.restore(snapshot).outcome, 'refused-format');
});
