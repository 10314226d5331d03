import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observationOf } from './observation.ts';
import type { Validator } from './validator.ts';

const seen = (before: number, validator: Validator, intervalMs: number) =>
  observationOf(before, { key: 'k', atMs: 0, validator }, intervalMs);

test('the time of the last change is enough to learn from', () => {
  assert.deepEqual(seen(Number.NaN, { ageMs: 50 }, Number.NaN), { kind: 'dated', ageMs: 50 });
  assert.deepEqual(seen(Number.NaN, { ageMs: 2000 }, 1000), { kind: 'unchanged', intervalMs: 1000 });
  assert.deepEqual(seen(Number.NaN, { ageMs: 400 }, 1000), { kind: 'dated', ageMs: 400 });
});

test('an age that is none is passed over', () => {
  for (const ageMs of [-1, Number.NaN, Number.POSITIVE_INFINITY])
    assert.equal(seen(Number.NaN, { etag: 'a', ageMs }, Number.NaN), undefined);
});

test('a version that goes back is a change', () => {
  assert.deepEqual(seen(7, { version: 3 }, 1000), { kind: 'changed', intervalMs: 1000 });
});

test('between two fetches at the same moment, or by a clock that went back, nothing is learned', () => {
  for (const intervalMs of [0, -5]) assert.equal(seen(1, { version: 2, ageMs: 1 }, intervalMs), undefined);
});
