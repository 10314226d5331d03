import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ReadKey } from '../read-path.ts';
import { DOMAINS } from '../topology/domains.ts';
import { createMutationSchedule } from './mutation.ts';

const EPOCH = 1_700_000_000_000;
const schedule = createMutationSchedule({ seed: 5, domains: DOMAINS, epochMs: EPOCH, timeScale: 1 });
const price = (id: number): ReadKey => ({ domain: 'price', owner: 7, id });

/** Every change of a key between two times, found by stepping through its versions. */
function changes(key: ReadKey, fromMs: number, untilMs: number, stepMs: number): number[] {
  const found: number[] = [];
  for (let at = fromMs; at < untilMs; at += stepMs) {
    const changedAt = schedule.changedAtMs(key, at);
    if (changedAt >= fromMs && changedAt !== found[found.length - 1]) found.push(changedAt);
  }
  return found;
}

test('the version rises with every change and never otherwise', () => {
  const anyKey = fc.record({
    domain: fc.constantFrom(...DOMAINS.map((domain) => domain.name)),
    owner: fc.nat(49),
    id: fc.nat(2_000_000),
  });
  fc.assert(
    fc.property(anyKey, fc.nat(10 ** 9), fc.nat(10 ** 9), (key, startMs, gapMs) => {
      const early = EPOCH + startMs;
      const late = early + gapMs;
      const before = schedule.version(key, early);
      const after = schedule.version(key, late);
      const changed = schedule.changedAtMs(key, late) > early;
      assert.equal(after > before, changed);
      assert.equal(after === before, !changed);
      assert.equal(schedule.stalenessMs(key, before, late) > 0, changed);
      assert.ok(before > 0 && Number.isSafeInteger(before));
    }),
    { numRuns: 2000 },
  );
});

test('staleness counts from the first change that the served value missed', () => {
  const key = price(1);
  const start = EPOCH + 1000;
  const [first, second] = changes(key, start, start + 3_600_000 * 2, 50) as [number, number];
  const version = schedule.version(key, first - 0.001);
  assert.equal(schedule.stalenessMs(key, version, first - 0.001), 0);
  const late = second + 5000;
  assert.ok(Math.abs(schedule.stalenessMs(key, version, late) - (late - first)) < 0.01);
});

test('changes come as a Poisson process with the mean interval of their key', () => {
  const inMeans: number[] = [];
  for (let id = 0; id < 40; id += 1) {
    const key = price(id);
    const mean = schedule.meanIntervalMs(key);
    const found = changes(key, EPOCH, EPOCH + 60 * mean, mean / 200);
    for (let i = 1; i < found.length; i += 1) inMeans.push((found[i]! - found[i - 1]!) / mean);
  }
  const n = inMeans.length;
  const mean = inMeans.reduce((a, b) => a + b) / n;
  assert.ok(Math.abs(mean - 1) < 5 / Math.sqrt(n), `mean ${mean} of ${n}`);
  const longer = inMeans.filter((gap) => gap > 1).length / n;
  // Exponential: e^-1 of the gaps are longer than the mean; neither periodic (0) nor clustered.
  assert.ok(Math.abs(longer - Math.exp(-1)) < 0.05, `${longer}`);
});

test('mean intervals lie between the limits of the domain, spread over the decades', () => {
  const { minMutationIntervalMs: min, maxMutationIntervalMs: max } = DOMAINS.find((d) => d.name === 'flag')!;
  const logs: number[] = [];
  for (let id = 0; id < 2000; id += 1) {
    const interval = schedule.meanIntervalMs({ domain: 'flag', owner: 3, id });
    assert.ok(interval >= min && interval <= max);
    logs.push(Math.log(interval / min) / Math.log(max / min));
  }
  const mean = logs.reduce((a, b) => a + b) / logs.length;
  assert.ok(Math.abs(mean - 0.5) < 0.04);
});

test('a time scale of 10 makes the same changes ten times as often', () => {
  const fast = createMutationSchedule({ seed: 5, domains: DOMAINS, epochMs: EPOCH, timeScale: 10 });
  const key = price(3);
  assert.equal(fast.version(key, EPOCH + 1_000), schedule.version(key, EPOCH + 10_000));
  assert.ok(Math.abs(fast.meanIntervalMs(key) * 10 - schedule.meanIntervalMs(key)) < 1e-6);
  const wallAge = fast.stalenessMs(key, 16, EPOCH + 1_000_000);
  const age = schedule.stalenessMs(key, 16, EPOCH + 10_000_000);
  assert.ok(Math.abs(wallAge * 10 - age) < 1);
});
