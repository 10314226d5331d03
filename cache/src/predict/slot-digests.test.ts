import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RuleScore } from './rule-score.ts';
import { SlotDigests } from './slot-digests.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Monday, 5 January 1970, 00:00 UTC. */
const MONDAY = 4 * DAY;

function guessesAround(digests: SlotDigests, fromMs: number, untilMs: number): string[] {
  const guessed: string[] = [];
  for (let atMs = fromMs; atMs < untilMs; atMs += 1000)
    digests.advance(atMs, (key: string, _rule: RuleScore) => {
      guessed.push(key);
      return 'fetched';
    });
  return guessed;
}

/** Reads each key so often during the slot that starts at `atMs`. */
function live(digests: SlotDigests, atMs: number, reads: Record<string, number>): void {
  digests.advance(atMs, () => 'held');
  for (const [key, count] of Object.entries(reads))
    for (let i = 0; i < count; i++) digests.onRead(key, i === 0);
}

test('what was missed and read again at nine is loaded shortly before nine of the next day, hottest first', () => {
  const digests = new SlotDigests({ wallOffsetMs: 0 });
  live(digests, MONDAY + 9 * HOUR, { warm: 3, hot: 9, once: 1 });
  const nine = MONDAY + DAY + 9 * HOUR;
  assert.deepEqual(guessesAround(digests, nine - HOUR, nine - 3000), []);
  assert.deepEqual(guessesAround(digests, nine - 3000, nine), ['hot', 'warm']);
});

test('a weekend does not follow the weekdays', () => {
  const digests = new SlotDigests({ wallOffsetMs: 0 });
  live(digests, MONDAY + 4 * DAY + 9 * HOUR, { hot: 9 });
  const saturday = MONDAY + 5 * DAY + 9 * HOUR;
  assert.deepEqual(guessesAround(digests, saturday - 60_000, saturday + 60_000), []);
});

test('a key not seen again fades away', () => {
  const digests = new SlotDigests({ wallOffsetMs: 0 });
  live(digests, MONDAY + 9 * HOUR, { hot: 4 });
  live(digests, MONDAY + DAY + 9 * HOUR, { other: 4 });
  live(digests, MONDAY + 2 * DAY + 9 * HOUR, { other: 4 });
  const thursday = MONDAY + 3 * DAY + 9 * HOUR;
  assert.deepEqual(guessesAround(digests, thursday - 3000, thursday), ['other']);
});

test('a guess that finds the gate busy is made again later', () => {
  const digests = new SlotDigests({ wallOffsetMs: 0 });
  live(digests, MONDAY + 9 * HOUR, { hot: 4 });
  const nine = MONDAY + DAY + 9 * HOUR;
  let asked = 0;
  for (let atMs = nine - 60_000; atMs < nine + 5000; atMs += 1000)
    digests.advance(atMs, () => (++asked < 3 ? 'busy' : 'fetched'));
  assert.equal(asked, 3);
});

test('no flood of keys makes it take more than 512 KiB for digests and 200 KB for what it notes', () => {
  const digests = new SlotDigests({ wallOffsetMs: 0 });
  for (let slot = 0; slot < 96; slot++) {
    digests.advance(MONDAY + slot * 900_000, () => 'held');
    for (let i = 0; i < 6000; i++) {
      const key = `a-key-of-some-length:${slot}:${i}`;
      digests.onRead(key, true);
      digests.onRead(key, false);
    }
  }
  assert.ok(digests.bytes > 300_000 && digests.bytes <= 2 ** 19 + 2048 * 100, `${digests.bytes}`);
});

test('a key comes back as it was, or not at all', () => {
  const digests = new SlotDigests({ wallOffsetMs: 0 });
  live(digests, MONDAY + 9 * HOUR, { '\ufeffuser:1': 4, 'user:\ud83d': 3 });
  const nine = MONDAY + DAY + 9 * HOUR;
  assert.deepEqual(guessesAround(digests, nine - 3000, nine), ['\ufeffuser:1']);
});
