import assert from 'node:assert/strict';
import { test } from 'node:test';
import { validatorOf } from './validator.ts';

const NOW_MS = Date.parse('2026-11-27T00:00:00Z');

const etagOf = (value: unknown) => validatorOf(value, NOW_MS).etag;
const ageOf = (updatedAt: unknown) => validatorOf({ updatedAt }, NOW_MS).ageMs;

test('Unix time is read in seconds as in milliseconds, and a date as its text', () => {
  const minuteAgo = NOW_MS - 60_000;
  for (const time of [minuteAgo, minuteAgo / 1000, BigInt(minuteAgo), new Date(minuteAgo)])
    assert.equal(ageOf(time), 60_000, String(time));
  assert.equal(ageOf(new Date(minuteAgo).toISOString()), 60_000);
});

test('what stands for no time is none', () => {
  const none = [
    0,
    false,
    true,
    [],
    '',
    '0001-01-01T00:00:00Z',
    Number.NaN,
    new Date(Number.NaN),
    Symbol('x'),
  ];
  for (const field of [...none, Object.create(null)]) assert.equal(ageOf(field), undefined);
});

test('a version that is no number does not hide what else there is', () => {
  assert.deepEqual(validatorOf({ version: Number.NaN, etag: 'a' }, NOW_MS), { etag: 'a' });
});

test('a change in a Map or a Set is seen, also further down', () => {
  const different = (a: unknown, b: unknown) => assert.notEqual(etagOf(a), etagOf(b));
  different(new Map([['price', 1]]), new Map([['price', 2]]));
  different({ tags: new Set(['a']) }, { tags: new Set(['b']) });
  different([new Map([['a', { b: new Set([1]) }]])], [new Map([['a', { b: new Set([2]) }]])]);
});

test('of a value that hides all it holds nothing is learned', () => {
  class Hidden {
    readonly #price = 1;
    get price(): number {
      return this.#price;
    }
  }
  for (const value of [new Hidden(), { inner: new Hidden() }, new ArrayBuffer(8)])
    assert.deepEqual(validatorOf(value, NOW_MS), {});
  assert.equal(etagOf({ empty: {}, none: Object.create(null) }), '{"empty":{},"none":{}}');
});
