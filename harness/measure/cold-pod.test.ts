import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureColdPod } from './cold-pod.ts';

test('a cold pod warms within minutes and never charges more than its budget', () => {
  const { coldPod } = measureColdPod();
  assert.ok(coldPod.timeTo95.value !== null && coldPod.timeTo95.value > 1e9);
  assert.ok(coldPod.peakCacheBytes.value! > 0.5 * coldPod.budgetBytes);
  assert.ok(coldPod.peakCacheBytes.value! <= coldPod.budgetBytes);
});

test('the same seeds warm the same pod', () => {
  assert.deepEqual(measureColdPod(), measureColdPod());
});
