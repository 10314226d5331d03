import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TestClock } from '../test-clock.ts';
import type { Count, Millis } from '../units.ts';
import { LoopStalls } from './loop-stalls.ts';
import { OriginHealth } from './origin-health.ts';

const LOAD_MS: Millis = 2;
const BEAT_MS: Millis = 10;

/** A pod over an origin, both in the test's hands, that has seen a second of loads of 2 ms. */
function pod() {
  const clock = new TestClock(0);
  const stalls = new LoopStalls(clock);
  const health = new OriginHealth(stalls);
  let refused: Count = 0;
  let key = 0;
  /** Loads that begin together and end after `tookMs`, through which the loop runs or not. */
  const load = (tookMs: Millis, loop: 'running' | 'stalled') => {
    const keys = Array.from({ length: 8 }, () => `user:${key++}`);
    for (const each of keys) health.begin(each, clock.now(), false);
    const stepMs = loop === 'stalled' ? tookMs : BEAT_MS;
    for (let leftMs = tookMs; leftMs > 0; leftMs -= stepMs) {
      clock.advance(Math.min(stepMs, leftMs));
      stalls.alive();
    }
    for (const each of keys) health.end(each, clock.now());
    if (!health.allows(clock.now())) refused++;
  };
  for (let i = 0; i < 500; i++) load(LOAD_MS, 'running');
  assert.equal(refused, 0);
  return { load, refused: () => refused };
}

test('guesses go on when the pod itself stalls again and again', () => {
  const { load, refused } = pod();
  for (let i = 0; i < 20; i++) load(LOAD_MS + 60, 'stalled');
  assert.equal(refused(), 0);
});

test('guesses hold back when the origin takes as long and the pod runs on', () => {
  const { load, refused } = pod();
  for (let i = 0; i < 20; i++) load(LOAD_MS + 60, 'running');
  assert.equal(refused(), 20);
});

test('an origin that is slower than the stalls explain is still found slow', () => {
  const { load, refused } = pod();
  for (let i = 0; i < 20; i++) {
    load(LOAD_MS + 60, 'stalled');
    load(LOAD_MS + 60, 'running');
  }
  assert.ok(refused() >= 38, `${refused()} of 40 refused`);
});

test('prefetches are counted however many reads there were that nothing was loaded for', () => {
  const health = new OriginHealth();
  for (let i = 0; i < 5000; i++) health.begin(`nothing:${i}`, i, false);
  health.begin('nothing:7', 5000, true);
  for (let i = 0; i < 15; i++) health.begin(`user:${i}`, 5000, true);
  assert.equal(health.prefetchesInFlight, 16);
  health.end('nothing:7', 5002);
  assert.equal(health.prefetchesInFlight, 15);
  health.expire(36_000);
  assert.equal(health.prefetchesInFlight, 0);
});
