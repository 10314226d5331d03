import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { AccessRecord } from '../access.ts';
import { L1Cache } from '../index.ts';

function smallCache(values: 'reference' | 'bytes' = 'reference') {
  let decoded = 0;
  const cache = new L1Cache<string>({
    budgetBytes: 1_000_000,
    maxEntries: 4,
    seed: 1,
    clock: { now: () => 0 },
    ...(values === 'bytes' && {
      values: {
        encode: (value: string) => Buffer.from(value),
        decode: (bytes: Uint8Array) => {
          decoded++;
          return Buffer.from(bytes).toString();
        },
      },
    }),
  });
  return { cache, decoded: () => decoded };
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('get' as const), key }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('set' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('flush' as const), key }) },
);

test('whatever leaves or is replaced, a listener hears of each read the key and the value that it got', () => {
  fc.assert(
    fc.property(
      fc.array(operation, { maxLength: 700 }),
      fc.constantFrom('reference' as const, 'bytes' as const),
      (operations, values) => {
        const { cache } = smallCache(values);
        const wanted: Pick<AccessRecord, 'key' | 'outcome' | 'value'>[] = [];
        const heard: typeof wanted = [];
        using _listening = cache.onAccesses((batch) => {
          for (const record of batch) {
            heard.push({ key: record.key, outcome: record.outcome, value: record.value });
          }
        });
        for (const [i, { do: what, key }] of operations.entries()) {
          if (what === 'get') {
            const value = cache.get(key);
            wanted.push({ key, outcome: value === undefined ? 'miss' : 'hit', value });
          } else if (what === 'set') {
            cache.set(key, `${key}${i}`);
            wanted.push({ key, outcome: 'fill', value: `${key}${i}` });
          } else if (what === 'delete') cache.delete(key);
          else cache.flushAccesses();
        }
        cache.flushAccesses();
        assert.deepEqual(heard, wanted);
        assert.equal(cache.stats().droppedAccesses, 0);
      },
    ),
  );
});

test('columns and records of a batch say the same', () => {
  const { cache } = smallCache();
  cache.set('a', 'A', { origin: 'prefetch' });
  let rows = 0;
  using _listening = cache.onAccesses((batch) => {
    for (const [row, record] of [...batch].entries()) {
      rows++;
      assert.equal(batch.keyAt(row), record.key);
      assert.equal(batch.outcomeAt(row), record.outcome);
      assert.equal(batch.valueAt(row), record.value);
      assert.equal(batch.atMsAt(row), record.atMs);
      assert.equal(batch.isFirstUseOfPrefetchAt(row), record.firstUseOfPrefetch ?? false);
      assert.deepEqual(batch.at(row), record);
    }
    assert.equal(batch.at(batch.length), undefined);
  });
  cache.get('a');
  cache.get('a');
  cache.get('b');
  cache.set('b', 'B');
  cache.flushAccesses();
  assert.equal(rows, 4);
});

test('a value kept as bytes is decoded for a listener only when it asks', () => {
  const { cache, decoded } = smallCache('bytes');
  cache.set('a', 'A');
  let asks = false;
  using _listening = cache.onAccesses((batch) => {
    for (let row = 0; row < batch.length; row++) {
      assert.equal(batch.keyAt(row), 'a');
      if (asks) assert.equal(batch.valueAt(row), 'A');
    }
  });
  cache.get('a');
  cache.flushAccesses();
  assert.equal(decoded(), 1, 'by the read itself');
  asks = true;
  cache.get('a');
  cache.flushAccesses();
  assert.equal(decoded(), 3);
});

test('what a listener causes itself comes in the next batch', () => {
  const { cache } = smallCache();
  cache.set('a', 'A');
  const batches: string[][] = [];
  using _listening = cache.onAccesses((batch) => {
    if (batches.length === 0) {
      cache.delete('a');
      cache.get('z');
      cache.flushAccesses();
    }
    batches.push([...batch].map((record) => `${record.outcome} ${record.key} ${record.value}`));
  });
  cache.get('a');
  cache.flushAccesses();
  cache.flushAccesses();
  assert.deepEqual(batches, [['hit a A'], ['miss z undefined']]);
});

test('a listener that stops in the middle of a batch still reads what its rows were', () => {
  const { cache } = smallCache();
  for (const key of ['a', 'b', 'c', 'd']) cache.set(key, `${key}0`);
  const heard: string[] = [];
  const listening = cache.onAccesses((batch) => {
    listening[Symbol.dispose]();
    for (const key of ['a', 'b', 'c', 'd']) cache.delete(key);
    for (const key of ['e', 'f', 'g', 'h']) cache.set(key, `${key}0`);
    for (const record of batch) heard.push(`${record.key} ${record.value}`);
  });
  for (const key of ['a', 'b', 'c', 'd']) cache.get(key);
  cache.flushAccesses();
  assert.deepEqual(heard, ['a a0', 'b b0', 'c c0', 'd d0']);
});

test('beyond what is kept for a listener accesses are dropped and counted', () => {
  const { cache } = smallCache();
  cache.set('a', 'A');
  let heard = 0;
  using _listening = cache.onAccesses((batch) => {
    heard += batch.length;
  });
  for (let read = 0; read < 70_000; read++) cache.get('a');
  cache.flushAccesses();
  assert.equal(heard + cache.stats().droppedAccesses, 70_000);
  assert.equal(heard, 65_536);
});

test('a listener that asks for a value that cannot be decoded gets none, and hears of the reads after it', () => {
  const decode = (bytes: Uint8Array): string => {
    if (bytes[0] === 0x21) throw new Error('damaged');
    return Buffer.from(bytes).toString();
  };
  const values = { encode: (value: string) => Buffer.from(value), decode };
  const cache = new L1Cache<string>({ budgetBytes: 1_000_000, seed: 1, values });
  cache.set('a', '!');
  cache.set('b', 'b');
  const heard: unknown[] = [];
  using _listening = cache.onAccesses((batch) => {
    for (const record of batch) heard.push([record.key, record.value]);
  });
  assert.throws(() => cache.get('a'), /damaged/);
  cache.get('b');
  cache.flushAccesses();
  assert.deepEqual(heard, [
    ['a', undefined],
    ['b', 'b'],
  ]);
});
