import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syntheticResult } from '../fixtures/synthetic-result.ts';
import { libraryHitVerdict } from '../notes.ts';
import { summarise } from '../summary.ts';

const of = (rounds: number) => summarise(syntheticResult({ rounds })).libraryHits;

test('a hit of the library is set against both Redis, timed in both ways, with interval and pairs', () => {
  const hits = of(8);
  assert.deepEqual(
    hits.map(({ redis, timing }) => [redis, timing]),
    ['shared-redis', 'redis-sidecar'].flatMap((redis) =>
      ['as a request meets it', 'in batches of 128'].map((timing) => [redis, timing]),
    ),
  );
  for (const { times, interval, pairs, redisNs, libraryNs } of hits) {
    assert.equal(pairs, 8);
    assert.ok(interval!.low <= times && times <= interval!.high);
    assert.ok(Math.abs(redisNs / libraryNs / times - 1) < 0.2);
  }
});

test('what was asked is reached, or short by a number, by the whole interval', () => {
  const [perRequest, inBatches] = of(8);
  // 500 µs over 540 ns and over 280 ns, where 1000 times were asked.
  assert.equal(perRequest!.verdict, 'short');
  assert.match(libraryHitVerdict(perRequest!), /^short, by 1\.\d+×$/);
  assert.equal(inBatches!.verdict, 'reached');
});

test('too few pairs give no verdict', () => {
  assert.deepEqual([...new Set(of(5).map(({ verdict }) => verdict))], ['INCONCLUSIVE']);
});
