import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Ticker } from './ticker.ts';

/** A ticker on mocked timers; each tick is written down, and `due.atMs` is when the next is to come. */
function tickerOn(t: TestContext) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const clock = { nowMs: 0 };
  const due = { atMs: Number.POSITIVE_INFINITY };
  const ticks: number[] = [];
  const ticker = new Ticker(
    () => clock.nowMs,
    () => due.atMs,
    () => {
      ticks.push(clock.nowMs);
      if (due.atMs <= clock.nowMs) due.atMs = Number.POSITIVE_INFINITY;
    },
  );
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed++) {
      clock.nowMs++;
      t.mock.timers.tick(1);
    }
  };
  const plan = (atMs: number) => {
    due.atMs = atMs;
    ticker.plan();
  };
  return { ticker, ticks, pass, plan, clock };
}

test('ticks when something is due, and not while nothing is', (t) => {
  const { ticks, pass, plan } = tickerOn(t);
  plan(300);
  pass(10_000);
  assert.deepEqual(ticks, [300]);
});

test('what becomes due earlier is done earlier, but not within 50 ms of the tick before', (t) => {
  const { ticks, pass, plan } = tickerOn(t);
  plan(300);
  plan(100);
  pass(110);
  plan(120);
  pass(1000);
  assert.deepEqual(ticks, [100, 150]);
});

test('a timer that ends early does not tick before the time', (t) => {
  const { ticks, pass, plan, clock } = tickerOn(t);
  plan(100);
  clock.nowMs -= 3;
  pass(1000);
  assert.deepEqual(ticks, [100]);
});

test('once disposed it ticks no more', (t) => {
  const { ticker, ticks, pass, plan } = tickerOn(t);
  plan(100);
  ticker[Symbol.dispose]();
  plan(50);
  pass(1000);
  assert.deepEqual(ticks, []);
});
