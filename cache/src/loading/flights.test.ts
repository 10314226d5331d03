import assert from 'node:assert/strict';
import { test } from 'node:test';
import { L1Cache } from '../cache.ts';
import { Flights } from './flights.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A load whose end the test gives by hand. */
function byHand(flights: Flights<string>, key: string) {
  const { promise, resolve } = Promise.withResolvers<string>();
  const flight = flights.start(key, true, () => promise);
  return { flight, end: () => resolve('v') };
}

test('invalidations of tags are forgotten under steady load, where some load always runs', async () => {
  const flights = new Flights<string>();
  let last = byHand(flights, 'k0');
  for (let i = 1; i <= 100; i++) {
    const next = byHand(flights, `k${i}`);
    flights.invalidateTag(`user:${i}`);
    last.end();
    await settled();
    last = next;
  }
  assert.ok(flights.rememberedTags <= 2, `${flights.rememberedTags} are remembered`);
});

test('an invalidation of a tag is remembered as long as a load from before it runs', async () => {
  const flights = new Flights<string>();
  const early = byHand(flights, 'early');
  flights.invalidateTag('t');
  const late = byHand(flights, 'late');
  assert.ok(!flights.isCurrent(early.flight, undefined, ['t']));
  assert.ok(flights.isCurrent(late.flight, undefined, ['t']));
  late.end();
  await settled();
  assert.ok(!flights.isCurrent(early.flight, undefined, ['t']));
});

test('a load that its reader gave up does not replace what a later load brought', async () => {
  const cache = new L1Cache<string>({ budgetBytes: 1_000_000, seed: 1 });
  const answers: ((value: string) => void)[] = [];
  const load = () => new Promise<string>((resolve) => answers.push(resolve));
  const impatient = new AbortController();
  const given = cache.getOrLoad('a', load, { signal: impatient.signal });
  impatient.abort(new Error('gave up'));
  await assert.rejects(given, /gave up/);
  const read = cache.getOrLoad('a', load);
  answers[1]!('new');
  await read;
  answers[0]!('old');
  await settled();
  assert.equal(cache.get('a'), 'new');
  assert.equal(cache.stats().overtakenFills, 1);
});

test('a caller who has given up already has nothing loaded', async () => {
  const cache = new L1Cache<string>({ budgetBytes: 1_000_000, seed: 1 });
  const signal = AbortSignal.abort(new Error('gave up'));
  await assert.rejects(
    cache.getOrLoad('a', async () => 'v', { signal }),
    /gave up/,
  );
  await assert.rejects(
    cache.getOrLoadMany(['a'], async () => new Map(), { signal }),
    /gave up/,
  );
  assert.equal(cache.stats().loads, 0);
});
