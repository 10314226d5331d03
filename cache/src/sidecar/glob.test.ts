import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fits } from './glob.ts';

const CASES: readonly (readonly [pattern: string, text: string, fits: boolean])[] = [
  ['*', '', true],
  ['price.*', 'price.1', true],
  ['price.*', 'rice.1', false],
  ['*.a', 'x.a.a', true],
  ['*.a', 'x.a.b', false],
  ['a?c', 'abc', true],
  ['a?c', 'ac', false],
  ['[a-c]x', 'bx', true],
  ['[^a-c]x', 'bx', false],
  ['[c-a]', 'b', true],
  ['[\\]]', ']', true],
  ['[ab', 'b', true],
  ['a\\*', 'a*', true],
  ['a\\*', 'ab', false],
  ['a\\', 'a\\', true],
  ['ab', 'abc', false],
  ['', 'a', false],
];

for (const [pattern, text, expected] of CASES)
  test(`${pattern || 'nothing'} ${expected ? 'fits' : 'does not fit'} ${text || 'nothing'}`, () => {
    assert.equal(fits(pattern, text), expected);
  });

test('a pattern of many stars costs no more than a product of lengths', () => {
  assert.equal(fits(`${'*a'.repeat(500)}b`, 'a'.repeat(5000)), false);
});
