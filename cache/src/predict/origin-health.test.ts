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

test('a slow origin is noticed also where keys end in a word, and so are ever new groups', () => {
  const health = new OriginHealth();
  let atMs = 0;
  const loads = (count: Count, tookMs: Millis) => {
    for (let i = 0; i < count; i++, atMs += tookMs) {
      health.begin(`user:${i}:profile`, atMs, false);
      health.end(`user:${i}:profile`, atMs + tookMs);
    }
  };
  loads(1000, 2);
  assert.equal(health.allows(atMs), true);
  loads(1000, 40);
  assert.equal(health.allows(atMs), false);
});

test('a prefetch begun again counts the one before as failed, and its time from now on', () => {
  const health = new OriginHealth();
  for (let i = 0; i < 100; i++) {
    health.begin(`user:${i}`, i, true);
    health.end(`user:${i}`, i + 2);
  }
  const { leadMs } = health;
  health.begin('user:x', 1000, true);
  health.begin('user:x', 9000, true);
  assert.equal(health.allows(9000), false);
  health.end('user:x', 9002);
  assert.equal(health.leadMs, leadMs);
  assert.equal(health.prefetchesInFlight, 0);
});
