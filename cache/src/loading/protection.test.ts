import assert from 'node:assert/strict';
import { test } from 'node:test';
import { L1Cache } from '../cache.ts';
import { CacheError, type CacheErrorCode } from '../errors.ts';
import type { LoadContext, ProtectionOptions } from '../options.ts';
import { TestClock } from '../test-clock.ts';

const hasCode = (code: CacheErrorCode) => (error: unknown) =>
  error instanceof CacheError && error.code === code;
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

function protectedBy(protection: ProtectionOptions) {
  const clock = new TestClock();
  return { clock, cache: new L1Cache<string>({ budgetBytes: 1_000_000, clock, seed: 1, protection }) };
}

const untilAborted = (_: string, { signal }: LoadContext) =>
  new Promise<string>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

async function giveUp(cache: L1Cache<string>, key: string, reason: Error): Promise<void> {
  const impatient = new AbortController();
  const read = cache.getOrLoad(key, untilAborted, { signal: impatient.signal });
  impatient.abort(reason);
  await assert.rejects(read);
  await settled();
}

test('what waits for its turn is refused when the breaker opens meanwhile', async () => {
  const { cache } = protectedBy({ maxConcurrentLoads: 1, breakerFailures: 2 });
  let asked = 0;
  const down = async () => {
    asked++;
    throw new Error('down');
  };
  const reads = Array.from({ length: 10 }, (_, i) => cache.getOrLoad(`k${i}`, down));
  const ends = await Promise.allSettled(reads);
  assert.equal(asked, 2);
  for (const end of ends.slice(2)) {
    assert.ok(end.status === 'rejected' && hasCode('L1_BREAKER_OPEN')(end.reason));
  }
});

test('of those that wait for their turn when the breaker lets one try, one tries', async () => {
  const { cache, clock } = protectedBy({ maxConcurrentLoads: 1, breakerFailures: 1, breakerOpenMs: 100 });
  await assert.rejects(
    cache.getOrLoad('a', async () => Promise.reject(new Error('down'))),
    /down/,
  );
  clock.advance(100);
  let asked = 0;
  const down = async () => {
    asked++;
    throw new Error('down');
  };
  await Promise.allSettled(['b', 'c', 'd'].map((key) => cache.getOrLoad(key, down)));
  assert.equal(asked, 1);
});

test('a load whose readers have left before its turn does not ask the origin', async () => {
  const { cache } = protectedBy({ maxConcurrentLoads: 1 });
  let end = (_: string) => {};
  const running = cache.getOrLoad('a', () => new Promise<string>((resolve) => (end = resolve)));
  const impatient = new AbortController();
  let asked = 0;
  const waiting = cache.getOrLoad('b', async () => `${++asked}`, { signal: impatient.signal });
  impatient.abort(new Error('gave up'));
  await assert.rejects(waiting, /gave up/);
  end('v');
  await running;
  await settled();
  assert.equal(asked, 0);
  assert.equal(await cache.getOrLoad('c', async () => 'w'), 'w', 'its turn passed on');
});

test('loads whose readers have left make room in the queue at once', async () => {
  const { cache } = protectedBy({ maxConcurrentLoads: 1, maxQueuedLoads: 1 });
  let end = (_: string) => {};
  const running = cache.getOrLoad('a', () => new Promise<string>((resolve) => (end = resolve)));
  for (const key of ['b', 'c']) await giveUp(cache, key, new Error('the client hung up'));
  const waiting = cache.getOrLoad('d', async () => 'w');
  end('v');
  assert.deepEqual(await Promise.all([running, waiting]), ['v', 'w']);
});

test('readers who go away do not open the breaker', async () => {
  const { cache } = protectedBy({ breakerFailures: 2 });
  for (const key of ['a', 'b', 'c']) await giveUp(cache, key, new Error('the client hung up'));
  assert.equal(await cache.getOrLoad('d', async () => 'v'), 'v');
});

test('readers whose deadline passes do open the breaker', async () => {
  const { cache } = protectedBy({ breakerFailures: 2 });
  for (const key of ['a', 'b']) await giveUp(cache, key, new DOMException('too late', 'TimeoutError'));
  await assert.rejects(
    cache.getOrLoad('c', async () => 'v'),
    hasCode('L1_BREAKER_OPEN'),
  );
});

test('a protection that would let no load through is refused', () => {
  for (const protection of [
    { maxConcurrentLoads: 0 },
    { maxConcurrentLoads: Number.NaN },
    { maxQueuedLoads: -1 },
    { breakerFailures: 0 },
    { breakerOpenMs: -1 },
  ]) {
    assert.throws(() => protectedBy(protection), hasCode('L1_BAD_OPTION'), JSON.stringify(protection));
    const { cache } = protectedBy({});
    const define = () => cache.define('', { load: async () => 'v', protection });
    assert.throws(define, hasCode('L1_BAD_OPTION'), JSON.stringify(protection));
  }
  protectedBy({ maxConcurrentLoads: Number.POSITIVE_INFINITY });
});
