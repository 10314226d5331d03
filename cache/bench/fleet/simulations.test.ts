import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulateColdPod } from './cold-pod.ts';
import { secondsToRecover, simulateHotShift } from './hot-shift.ts';
import { simulateStaleness } from './staleness.ts';

const MINUTE = 60_000;
const small = {
  pods: 20,
  cacheEntries: 2000,
  keys: 20_000,
  shiftedKeys: 500,
  readsPerSecond: 200,
  watchMs: 10_000,
};

test('after the hot set moved, pods that share signals are back sooner, flooded or not, with 30 % loss or not', () => {
  const off = secondsToRecover(simulateHotShift({ seed: 1, fleet: 'off', ...small }), 0.9);
  const on = simulateHotShift({ seed: 1, fleet: 'on', ...small });
  const flooded = simulateHotShift({ seed: 1, fleet: 'on', floodPerSecond: 5000, ...small });
  const lossy = simulateHotShift({ seed: 1, fleet: 'on', chaos: { lossRatio: 0.3 }, ...small });
  const times = [on, flooded, lossy].map((outcome) => secondsToRecover(outcome, 0.9));
  assert.ok(
    times.every((time) => time < off),
    `${times} s against ${off} s alone`,
  );
});

const fresh = {
  pods: 20,
  keys: 4,
  changeEveryMs: 4 * MINUTE,
  readsPerSecond: 2,
  warmUpMs: 12 * MINUTE,
  watchMs: 12 * MINUTE,
};

test('telling of changes makes stale reads at least five times rarer for at most 20 % more fetches', () => {
  const alone = simulateStaleness({ seed: 1, sharing: 'nothing', ...fresh });
  const told = simulateStaleness({ seed: 1, sharing: 'changes', ...fresh });
  assert.ok(told.staleRatio < alone.staleRatio / 5, `${told.staleRatio} against ${alone.staleRatio}`);
  assert.ok(told.fetches < 1.2 * alone.fetches, `${told.fetches} against ${alone.fetches}`);
});

test('telling of validations as well saves at least half the fetches and still serves less stale', () => {
  const alone = simulateStaleness({ seed: 1, sharing: 'nothing', ...fresh });
  const told = simulateStaleness({ seed: 1, sharing: 'changes-and-validations', ...fresh });
  assert.ok(told.fetches < alone.fetches / 2, `${told.fetches} against ${alone.fetches}`);
  assert.ok(told.staleRatio < alone.staleRatio, `${told.staleRatio} against ${alone.staleRatio}`);
});

test('a cold pod that warms up before it is ready serves its first second as its peers do', async () => {
  const sizes = { seed: 1, readsPerSecond: 1000, watchSeconds: 4, cacheEntries: 2000, keys: 20_000 };
  const cold = await simulateColdPod({ start: 'cold', ...sizes });
  const warm = await simulateColdPod({ start: 'warm-before-ready', ...sizes });
  assert.ok(cold.hitRatios[0]! < 0.8 * cold.steadyHitRatio, `${cold.hitRatios[0]}`);
  assert.ok(warm.hitRatios[0]! > 0.93 * warm.steadyHitRatio, `${warm.hitRatios[0]}`);
});
