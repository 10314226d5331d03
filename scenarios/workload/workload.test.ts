import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRng } from '../random.ts';
import { buildTopology } from '../topology/build.ts';
import type { RequestType } from '../topology/topology.ts';
import { createWeightedDraw, createZipf } from './alias.ts';
import { type ArrivalPlan, arrivals } from './arrivals.ts';
import { inputDigest } from './input-digest.ts';

const topology = buildTopology({ services: 50, seed: 1, fanOutMean: 3, fanOutDistribution: 'poisson' });
const PLAN: ArrivalPlan = { topology, seed: 1, stream: 0, ratePerSecond: 500, durationMs: 60_000 };

test('weighted draws come in proportion to their weights', () => {
  const weights = [5, 0, 1, 94];
  const draw = createWeightedDraw(weights);
  const rng = createRng(3);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < 100_000; i += 1) counts[draw(rng)]! += 1;
  assert.equal(counts[1], 0);
  weights.forEach((weight, i) => {
    assert.ok(Math.abs(counts[i]! / 1000 - weight) < 0.5, `weight ${weight}: ${counts[i]} of 100000`);
  });
});

test('a Zipf draw meets its own law at the head and in the tail', () => {
  const draw = createZipf(1000, 1.1);
  const rng = createRng(4);
  const n = 200_000;
  const counts = new Float64Array(1000);
  for (let i = 0; i < n; i += 1) counts[draw(rng)]! += 1;
  const total = Array.from({ length: 1000 }, (_, r) => (r + 1) ** -1.1).reduce((a, b) => a + b);
  for (const rank of [0, 1, 9]) {
    const expected = (n * (rank + 1) ** -1.1) / total;
    assert.ok(Math.abs(counts[rank]! - expected) < 5 * Math.sqrt(expected));
  }
  const tail = counts.subarray(500).reduce((a, b) => a + b);
  const expectedTail =
    (n * Array.from({ length: 500 }, (_, r) => (r + 501) ** -1.1).reduce((a, b) => a + b)) / total;
  assert.ok(Math.abs(tail - expectedTail) < 5 * Math.sqrt(expectedTail));
});

test('arrivals are a Poisson process at the asked rate, in order', () => {
  const all = [...arrivals(PLAN)];
  assert.ok(Math.abs(all.length - 30_000) < 5 * Math.sqrt(30_000), `${all.length} arrivals`);
  const gaps = all.slice(1).map((arrival, i) => arrival.dueUs - all[i]!.dueUs);
  assert.ok(Math.min(...gaps) >= 0);
  const mean = gaps.reduce((a, b) => a + b) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  // Exponential gaps deviate by as much as their mean; even spacing would give 0.
  assert.ok(Math.abs(deviation / mean - 1) < 0.03, `${deviation / mean}`);
});

test('request types come in proportion to the mix, with one key for each read of their own', () => {
  const weight = topology.requestTypes.reduce((sum, type) => sum + type.weight, 0);
  const counts = new Float64Array(topology.requestTypes.length);
  let n = 0;
  for (const arrival of arrivals(PLAN)) {
    const type = topology.requestTypes[arrival.requestType] as RequestType;
    assert.equal(arrival.keys.length, type.reads.filter((step) => step.after === null).length);
    counts[type.index]! += 1;
    n += 1;
  }
  const expected = (n * topology.requestTypes[0]!.weight) / weight;
  assert.ok(Math.abs(counts[0]! - expected) < 5 * Math.sqrt(expected));
});

test('arrivals are lazy: the first comes without the rest being made', () => {
  const [first] = arrivals({ ...PLAN, durationMs: 1e12 });
  assert.ok(first);
});

test('the digest is the same for the same input and another for any other', () => {
  const short = { ...PLAN, durationMs: 2000 };
  const digest = (plan: ArrivalPlan): string => inputDigest(plan.topology, [arrivals(plan)]);
  assert.equal(digest(short), digest(short));
  const other = buildTopology({ services: 50, seed: 2, fanOutMean: 3, fanOutDistribution: 'poisson' });
  const digests = [
    short,
    { ...short, stream: 1 },
    { ...short, seed: 2 },
    { ...short, ratePerSecond: 501 },
    { ...short, topology: other },
  ].map(digest);
  assert.equal(new Set(digests).size, digests.length);
});
