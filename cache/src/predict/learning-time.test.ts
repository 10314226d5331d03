import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LearningTime } from './learning-time.ts';

function stopwatch() {
  return {
    ms: 0,
    now() {
      return this.ms;
    },
  };
}

test('no batch gets more than 200 µs', () => {
  const clock = stopwatch();
  const time = new LearningTime(clock, 1);
  time.begin();
  clock.ms += 0.19;
  assert.equal(time.isLeft(), true);
  clock.ms += 0.02;
  assert.equal(time.isLeft(), false);
  time.begin();
  assert.equal(time.isLeft(), true);
});

test('batches one after another get no more than the share and what was saved', () => {
  const clock = stopwatch();
  const time = new LearningTime(clock, 0.02);
  let spentMs = 0;
  while (clock.ms < 10_000) {
    time.begin();
    while (time.isLeft()) {
      clock.ms += 0.01;
      spentMs += 0.01;
    }
    clock.ms += 0.5;
  }
  assert.ok(spentMs > 150 && spentMs < 230, `${spentMs} ms of 10 s`);
});
