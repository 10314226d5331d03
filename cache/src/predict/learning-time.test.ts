import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Effort, LearningTime } from './learning-time.ts';

function stopwatch() {
  return {
    ms: 0,
    now() {
      return this.ms;
    },
  };
}

/** Spends 10 µs after each look as long as there is time for one of the efforts, batch after batch for 10 s. */
function spend(efforts: readonly Effort[]): number {
  const clock = stopwatch();
  const time = new LearningTime(clock, 0.02);
  let spentMs = 0;
  while (clock.ms < 10_000) {
    time.begin();
    for (let effort = time.first(); efforts.includes(effort); effort = time.look()) {
      clock.ms += 0.01;
      spentMs += 0.01;
    }
    clock.ms += 0.5;
  }
  return spentMs;
}

test('no batch gets more than 200 µs', () => {
  const clock = stopwatch();
  const time = new LearningTime(clock, 1);
  time.begin();
  assert.equal(time.first(), 'learn');
  clock.ms += 0.19;
  assert.equal(time.look(), 'learn');
  clock.ms += 0.02;
  assert.equal(time.look(), 'nothing');
  time.begin();
  assert.equal(time.first(), 'learn');
});

test('the first accesses of a batch are learned from, whatever took long before them', () => {
  const clock = stopwatch();
  const time = new LearningTime(clock, 1);
  time.begin();
  clock.ms += 5;
  assert.equal(time.first(), 'learn');
});

test('batches one after another get no more than the share and what was saved', () => {
  const spentMs = spend(['learn']);
  assert.ok(spentMs > 150 && spentMs < 230, `${spentMs} ms of 10 s`);
});

test('guessing on borrowed time stays within the share, what was saved and as much again', () => {
  const spentMs = spend(['learn', 'guess']);
  assert.ok(spentMs > 150 && spentMs < 250, `${spentMs} ms of 10 s`);
});

test('when time runs short there is still time to guess', () => {
  const clock = stopwatch();
  const time = new LearningTime(clock, 0);
  const seen = new Set<Effort>();
  for (let batch = 0; batch < 500; batch++) {
    time.begin();
    clock.ms += 0.19;
    seen.add(time.first());
  }
  assert.deepEqual([...seen], ['learn', 'guess', 'nothing']);
});

test('time in which somebody else had the processor is not charged', () => {
  const clock = stopwatch();
  const time = new LearningTime(clock, 0.02);
  for (let batch = 0; batch < 20; batch++) {
    time.begin();
    clock.ms += 30;
    time.first();
  }
  time.begin();
  assert.equal(time.first(), 'learn');
});

test('a time in which even the least work took more than the share does not stop guessing for long', () => {
  const clock = stopwatch();
  const time = new LearningTime(clock, 0.02);
  for (let batch = 0; batch < 100_000; batch++) {
    time.begin();
    clock.ms += 0.09;
    time.look();
  }
  time.begin();
  assert.equal(time.first(), 'nothing');
  clock.ms += 60;
  time.begin();
  assert.equal(time.first(), 'guess');
});
