import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Block } from '../../reports/schema.ts';
import { conclude } from './conclude.ts';
import { PROFILES } from './profile.ts';

const plan = { scenarios: ['a'], profile: PROFILES.quick };
const block = (details: string[]) =>
  ({
    scenario: 'a',
    brokenRules: details.map((detail) => ({ rule: 'generator-lag', detail })),
  }) as unknown as Block;
const measured = (blocks: Block[]) => ({ coldStarts: [], blocks, memory: [] });

test('a run whose blocks all count is complete', () => {
  assert.deepEqual(conclude(measured([block([]), block([])]), plan, null, false), {
    state: 'complete',
    why: [],
  });
});

test('one bad block in four is borne, two are not', () => {
  const bad = block(['the generator lagged']);
  assert.equal(
    conclude(measured([bad, block([]), block([]), block([])]), plan, null, false).state,
    'complete',
  );
  const verdict = conclude(measured([bad, bad, block([]), block([])]), plan, null, false);
  assert.equal(verdict.state, 'invalid');
  assert.match(verdict.why[0]!, /2 of 4 blocks of a are invalid.*lagged/);
});

test('a failure makes the run invalid and is named', () => {
  const verdict = conclude(measured([]), plan, new Error('svc-07 died'), false);
  assert.deepEqual(verdict, { state: 'invalid', why: ['svc-07 died'] });
});

test('an interrupted run is interrupted, whatever else went wrong', () => {
  assert.equal(conclude(measured([]), plan, new Error('x'), true).state, 'interrupted');
});
