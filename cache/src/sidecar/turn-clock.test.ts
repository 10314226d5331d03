import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TurnClock } from './turn-clock.ts';

test('time stands still during a turn, and only then', () => {
  let nowMs = 1;
  const clock = new TurnClock({ now: () => nowMs });
  assert.equal(clock.now(), 1);
  clock.begin();
  nowMs = 5;
  assert.equal(clock.now(), 1);
  clock.end();
  assert.equal(clock.now(), 5);
});
