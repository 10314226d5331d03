import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../clock.ts';
import { TestClock } from '../test-clock.ts';
import { LoopStalls } from './loop-stalls.ts';

test('a silence of two beats or more is a stall, and counts as far as it lies within the time asked about', (t) => {
  const clock = new TestClock(0);
  const stalls = new LoopStalls(clock);
  stalls.watch();
  t.after(() => stalls.rest());
  for (const silenceMs of [10, 12, 40, 10]) {
    clock.advance(silenceMs);
    stalls.alive();
  }
  assert.equal(stalls.within(0, 22), 0);
  assert.equal(stalls.within(0, 72), 40);
  assert.equal(stalls.within(30, 50), 20);
  assert.equal(stalls.within(61, 72), 1);
  assert.equal(stalls.within(62, 72), 0);
});

test('stalls add up, and only the last ones are kept', (t) => {
  const clock = new TestClock(0);
  const stalls = new LoopStalls(clock);
  stalls.watch();
  t.after(() => stalls.rest());
  for (let i = 0; i < 1000; i++) {
    clock.advance(50);
    stalls.alive();
    clock.advance(10);
    stalls.alive();
  }
  assert.equal(stalls.within(1000 * 60 - 120, 1000 * 60), 100);
  assert.equal(stalls.within(0, 1000 * 60), 32 * 50);
});

test('time in which nothing was watched is no stall', (t) => {
  const clock = new TestClock(0);
  const stalls = new LoopStalls(clock);
  stalls.watch();
  stalls.rest();
  clock.advance(500);
  stalls.watch();
  t.after(() => stalls.rest());
  clock.advance(5);
  stalls.alive();
  assert.equal(stalls.within(0, 505), 0);
});

test('a blocked event loop is noticed by the timer alone', async () => {
  const stalls = new LoopStalls(systemClock);
  const fromMs = systemClock.now();
  stalls.watch();
  while (systemClock.now() - fromMs < 60);
  // Due later than the beat, so it fires after it; an immediate might come before either.
  await new Promise((resolve) => setTimeout(resolve));
  stalls.rest();
  assert.ok(stalls.within(fromMs, systemClock.now()) >= 50);
});

test('the timer ends by itself when what was watched never ends, and starts again for the next', (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const clock = new TestClock(0);
  const stalls = new LoopStalls(clock);
  let beats = 0;
  const beat = t.mock.method(stalls, 'alive');
  const run = (ms: number) => {
    for (let i = 0; i < ms / 10; i++) {
      clock.advance(10);
      t.mock.timers.tick(10);
    }
    beats = beat.mock.callCount();
    beat.mock.resetCalls();
  };
  stalls.watch();
  run(20_000);
  assert.equal(beats, 2000);
  stalls.watch();
  run(31_000);
  assert.ok(beats >= 3000 && beats < 3010, `${beats}`);
  run(10_000);
  assert.equal(beats, 0);
  stalls.watch();
  run(1000);
  assert.equal(beats, 100);
  stalls.rest();
});
