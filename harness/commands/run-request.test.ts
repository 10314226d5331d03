import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PROFILES } from '../run/profile.ts';
import { requestOf } from './run-request.ts';

const args = {
  scenario: ['no-cache'],
  services: 4,
  seed: 1,
  fanoutMean: 3,
  fanoutDistribution: 'constant',
  profile: 'quick',
  workload: 'synthetic',
  budgetMib: 64,
  timeScale: 1,
} as unknown as Parameters<typeof requestOf>[0];
const now = new Date(0);

test('a budget that is no whole number of bytes becomes one, as Redis takes no other', () => {
  const budgetOf = (budgetMib: number) => requestOf({ ...args, budgetMib }, '', now, 0.5).budgetBytes;
  assert.deepEqual([1, 0.1, 1e-9].map(budgetOf), [2 ** 20, 104_858, 1]);
});

test('what is not said comes from the profile', () => {
  assert.deepEqual(requestOf(args, '', now, 0.5).profile, PROFILES.quick);
});
