import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashKey } from '../store/hash-key.ts';
import { KeyPairs } from './key-pairs.ts';
import type { RuleScore } from './rule-score.ts';

/** Misses of keys in order, one a millisecond; returns which keys each of them made it guess. */
function guesses(
  pairs: KeyPairs,
  keys: readonly string[],
  fromMs: number,
  leadMs: number,
): Map<string, string[]> {
  const made = new Map<string, string[]>();
  keys.forEach((key, i) => {
    const here: string[] = [];
    pairs.onMiss(key, hashKey(key, 3), fromMs + i, leadMs, (guessed: string, _rule: RuleScore) => {
      here.push(guessed);
      return 'fetched';
    });
    made.set(key, here);
  });
  return made;
}

const SEQUENCE = Array.from({ length: 40 }, (_, i) => `row:${i}`);

test('a sequence of misses that comes back is guessed, each key at least a load time ahead', () => {
  const pairs = new KeyPairs(() => 0.5);
  for (let round = 0; round < 4; round++) guesses(pairs, SEQUENCE, round * 10_000, 5);
  const made = guesses(pairs, SEQUENCE, 40_000, 5);
  const ahead = [...made].flatMap(([key, list]) =>
    list.map((next) => Number(next.slice(4)) - Number(key.slice(4))),
  );
  assert.ok(ahead.length >= 30, `${ahead.length} guesses for 40 misses`);
  assert.ok(
    ahead.every((distance) => distance >= 5),
    `distances ${ahead}`,
  );
});

test('keys missed once make no guess', () => {
  const pairs = new KeyPairs(() => 0.5);
  const once = Array.from({ length: 5000 }, (_, i) => `once:${i}`);
  assert.deepEqual([...guesses(pairs, once, 0, 5).values()].flat(), []);
});

test('a flood of distinct keys does not make it larger', () => {
  const pairs = new KeyPairs(() => 0.5);
  const before = pairs.bytes;
  for (let i = 0; i < 100_000; i++)
    pairs.onMiss(`flood:${i}`, hashKey(`flood:${i}`, 3), i, 5, () => 'shadow');
  assert.equal(pairs.bytes, before);
  assert.ok(before <= 6 * 2 ** 20, `${before} bytes`);
});
