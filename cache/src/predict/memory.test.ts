import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AccessRecord } from '../access.ts';
import { seededRandom } from '../random.ts';
import { Prewarmer } from './prewarmer.ts';
import type { SharedRule } from './shared-rule.ts';

const MAX_BYTES = 8_000_000;

/** Keys of ever new patterns and values of ever new fields, all at once. */
function flood(i: number, rng: () => number): AccessRecord[] {
  const id = Math.floor(rng() * 1e6);
  const keys = [
    `session.${i % 90}:t${i}`,
    `user:${id}`,
    `${i.toString(36)}/x${i % 700}.y:${id}`,
    `p:${i % 3000}`,
  ];
  const key = keys[i % keys.length]!;
  const value = { userId: id, [`field${i % 5000}`]: i, list: [id, id + 1], nested: { [`n${i % 2000}`]: id } };
  return [
    { key, outcome: 'miss', value: undefined, atMs: i / 5 },
    { key, outcome: 'fill', value, atMs: i / 5 + 0.1, origin: 'demand' },
  ];
}

/** Rules of ever new fields, as a pod at fault might tell them. */
function rules(from: number): SharedRule[] {
  return Array.from({ length: 40 }, (_, i) => {
    const field = `field${from + i}`;
    return { source: `p:{}`, field, target: `t${from}.${i}:{}`, right: 60, wrong: 0 };
  });
}

test('no flood of keys, patterns, fields and told rules makes the model take more than 8 MB', () => {
  const rng = seededRandom(3);
  const target = { has: () => false, prefetch: () => 'started' as const };
  const prewarmer = new Prewarmer(target, { salt: 1, rng, slots: { wallOffsetMs: 0, slotMs: 1000 } });
  let most = 0;
  for (let i = 0; i < 60_000; i++) {
    prewarmer.learn(flood(i, rng));
    if (i % 100 === 0) prewarmer.hearRules(`pod-${i}`, rules(i), i / 5);
    if (i % 1000 === 0) most = Math.max(most, prewarmer.stats().bytes);
  }
  assert.ok(most > 5_000_000 && most <= MAX_BYTES, `${most} bytes`);
});
