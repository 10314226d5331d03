import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeRules, encodeRules, familyOf, MAX_SHARED, mayTell, type SharedRule } from './shared-rule.ts';

const RULE: SharedRule = {
  source: 'session.12:{}',
  field: 'userId',
  target: 'profile.14:{}',
  right: 60,
  wrong: 2,
};

test('rules are read as they were written', () => {
  const rules = [RULE, { ...RULE, field: '#0', target: 'cart.15:{}', right: 0, wrong: 0 }];
  assert.deepEqual(decodeRules(encodeRules(rules)), rules);
});

test('bytes that are no rules give none, and rules that make no sense are left out', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeRules(bytes)));
  const bad = [
    { ...RULE, right: 65 },
    { ...RULE, wrong: -1 },
    { ...RULE, right: 1.5 },
    { ...RULE, target: 'profile.14:7' },
    { ...RULE, target: '{}:{}' },
    { ...RULE, source: '' },
    { ...RULE, field: 'x'.repeat(201) },
  ];
  const rows = [...bad, RULE].map(({ source, field, target, right, wrong }) => [
    source,
    field,
    target,
    right,
    wrong,
  ]);
  assert.deepEqual(decodeRules(new TextEncoder().encode(JSON.stringify(rows))), [RULE]);
  assert.deepEqual(decodeRules(new TextEncoder().encode('{"rules":[]}')), []);
});

test('no message holds more rules than a pod may tell of', () => {
  assert.equal(decodeRules(encodeRules(new Array(1000).fill(RULE))).length, MAX_SHARED);
});

test('a rule too long to be taken does not fill the message that has the others', () => {
  const long = new Array(30).fill({ ...RULE, source: `${'x'.repeat(5000)}{}` });
  const message = encodeRules([...long, RULE]);
  assert.ok(message.length < 60_000);
  assert.deepEqual(decodeRules(message), [RULE]);
});

test('rules that differ in numbers only are one family', () => {
  assert.equal(
    familyOf('session.12:{} userId names profile.14:{}'),
    familyOf('session.7:{} userId names profile.150:{}'),
  );
  assert.notEqual(
    familyOf('session.12:{} userId names profile.14:{}'),
    familyOf('session.12:{} userId names cart.14:{}'),
  );
});

test('a field whose name may be an identifier is not told', () => {
  assert.deepEqual(['userId', 'org.id', 'items[]', '#0'].filter(mayTell), [
    'userId',
    'org.id',
    'items[]',
    '#0',
  ]);
  assert.deepEqual(['4711', 'users.4711', 'u4711.name'].filter(mayTell), []);
});

test('a field of a value is not told for a segment of its key because its name begins with #', () => {
  assert.equal(mayTell('#0'), true);
  assert.equal(mayTell('#text'), true);
  assert.equal(mayTell('#4711'), false);
});
