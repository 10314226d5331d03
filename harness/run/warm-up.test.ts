import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSteady } from './warm-up.ts';

const series = (ratios: readonly number[], reads = 100) =>
  ratios.map((ratio, index) => ({ tMs: index * 500, reads, hits: Math.round(reads * ratio) }));

test('a rising hit ratio is not steady', () => {
  assert.equal(isSteady(series([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])), false);
});

test('a level hit ratio is steady', () => {
  assert.equal(isSteady(series([0.9, 0.91, 0.9, 0.89, 0.9, 0.9, 0.91, 0.9])), true);
});

test('too few samples or too few reads are never steady', () => {
  assert.equal(isSteady(series([0.9, 0.9, 0.9])), false);
  assert.equal(isSteady(series([1, 1, 1, 1, 1, 1, 1, 1], 3)), false);
});

test('a path without hits is steady at zero', () => {
  assert.equal(isSteady(series([0, 0, 0, 0, 0, 0, 0, 0])), true);
});
