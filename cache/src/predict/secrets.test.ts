import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getHeapSnapshot } from 'node:v8';
import type { AccessRecord } from '../access.ts';
import { hashKey } from '../store/hash-key.ts';
import { Prewarmer } from './prewarmer.ts';

/** Made at run time, so that the text of this file does not hold it. */
const madeText = (name: string, n: number) => [name, n, 'end'].join('~');

/** Sessions whose values hold an identifier, secrets, and a field the team denies; each names a profile read next. */
function learned(): Prewarmer {
  const target = { has: () => false, prefetch: () => 'started' as const };
  const prewarmer = new Prewarmer(target, { salt: 9, rng: () => 0.5, denyFields: ['customerNo'] });
  for (let n = 0; n < 300; n++) {
    const atMs = n * 100;
    const value = {
      userId: madeText('visible', n),
      accessToken: madeText('secret', n),
      email: madeText('secret', n + 1000),
      customer_no: madeText('denied', n),
      login: { password: madeText('secret', n + 2000) },
    };
    const records: AccessRecord[] = [
      { key: `session:${n}`, outcome: 'miss', value: undefined, atMs },
      { key: `session:${n}`, outcome: 'fill', value, atMs: atMs + 2, origin: 'demand' },
      { key: `profile:${madeText('visible', n)}`, outcome: 'miss', value: undefined, atMs: atMs + 20 },
      {
        key: `profile:${madeText('visible', n)}`,
        outcome: 'fill',
        value: {},
        atMs: atMs + 22,
        origin: 'demand',
      },
    ];
    for (const record of records) prewarmer.learn([record]);
  }
  return prewarmer;
}

async function heapText(): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of getHeapSnapshot()) parts.push(Buffer.from(part));
  return Buffer.concat(parts).toString('latin1');
}

test('of secret and denied fields nothing stays in memory after learning, in clear or as a guess', async () => {
  const prewarmer = learned();
  const heap = await heapText();
  assert.ok(prewarmer.stats().fetched > 100, 'it learned from the same values');
  assert.ok(heap.includes('visible~'), 'keys are found in the heap where they are held');
  assert.doesNotMatch(heap, /secret~\d+~end|denied~\d+~end/);
});

test('the hash of an identifier depends on the salt', () => {
  const salts = Array.from({ length: 200 }, (_, i) => i * 7919);
  assert.equal(new Set(salts.map((salt) => hashKey('user-7', salt))).size, salts.length);
});
