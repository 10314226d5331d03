import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokenRules } from './validity.ts';

const clean = { scheduled: 1_000, errors: 0, unsent: 0, firstError: null, lagP50Ms: 0.1 };

test('a clean block counts', () => {
  assert.deepEqual(brokenRules(clean), []);
});

test('one unsent request in a thousand is borne, two are not', () => {
  assert.deepEqual(brokenRules({ ...clean, unsent: 1 }), []);
  assert.match(brokenRules({ ...clean, unsent: 2 })[0]!.detail, /2 of 1000 requests were never sent/);
});

test('any failed request makes a block invalid and names the first error', () => {
  assert.match(brokenRules({ ...clean, errors: 1, firstError: 'HTTP 503' })[0]!.detail, /HTTP 503/);
});

test('a lagging generator makes a block invalid', () => {
  assert.match(brokenRules({ ...clean, lagP50Ms: 1.5 })[0]!.detail, /lagged/);
});

test('a block in which nothing was due does not count', () => {
  assert.deepEqual(
    brokenRules({ ...clean, scheduled: 0 }).map(({ rule }) => rule),
    ['nothing-due'],
  );
});
