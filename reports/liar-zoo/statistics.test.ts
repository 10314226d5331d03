// Summaries that lie, each beside the method of this project on the same data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mean, median } from 'simple-statistics';
import { syntheticStage } from '../fixtures/synthetic-gate.ts';
import { decideGate } from '../gate/decision.ts';
import { type Distribution, mergeDistributions, quantileNs } from '../statistics/distribution.ts';
import { pairedRatio } from '../statistics/paired-ratio.ts';
import { seededRng } from '../statistics/rng.ts';

const distribution = (fast: number, slow: number): Distribution => ({
  valuesNs: [1_000_000, 100_000_000],
  counts: [fast, slow],
  n: fast + slow,
});

test('a mean of p99s is no p99: a busy block and idle ones weigh the same in it', () => {
  // One busy block with 3 % slow requests, nine idle ones without: 2.75 % of all requests are slow.
  const blocks = [distribution(9_700, 300), ...Array.from({ length: 9 }, () => distribution(100, 0))];
  const liar = mean(blocks.map((block) => quantileNs(block, 0.99)!));
  const ours = quantileNs(mergeDistributions(blocks), 0.99)!;
  assert.equal(ours, 100_000_000);
  assert.ok(liar < 0.12 * ours, `the mean of p99s is ${liar / 1e6} ms`);
});

test('dropping the worst runs makes a slower system look equal', () => {
  // Every third run of the candidate meets its own fault and takes three times as long.
  const rng = seededRng(4);
  const pairs = Array.from({ length: 30 }, (_, i) => {
    const machine = 1 + rng();
    return { baseline: machine, candidate: machine * (i % 3 === 0 ? 3 : 1) };
  });
  const kept = [...pairs].sort((a, b) => a.candidate / a.baseline - b.candidate / b.baseline).slice(0, 20);
  const meanRatio = (of: typeof pairs) =>
    mean(of.map((pair) => pair.candidate)) / mean(of.map((pair) => pair.baseline));
  assert.ok(Math.abs(meanRatio(kept) - 1) < 1e-9, 'ten of thirty dropped: no difference left');
  assert.ok(meanRatio(pairs) > 1.5, 'all kept: half as much again');
});

test('comparing with an earlier run alarms on the weather; pairs in one run do not', () => {
  // The same code, but the second run meets a slower hour.
  const rng = seededRng(9);
  const earlier = Array.from({ length: 20 }, () => 1 + 0.1 * rng());
  const pairs = Array.from({ length: 20 }, () => {
    const hour = 1.4 + 0.3 * rng();
    return { baseline: hour * (1 + 0.02 * rng()), candidate: hour * (1 + 0.02 * rng()) };
  });
  const liar = median(pairs.map(({ candidate }) => candidate)) / median(earlier);
  assert.ok(liar > 1.3, 'against the earlier run: an alarm');
  const { interval } = pairedRatio(pairs)!;
  assert.ok(interval!.low < 1.01 && interval!.high > 0.99, 'paired: nothing');
});

test('a threshold over a metric without samples is green elsewhere and INCONCLUSIVE here', () => {
  const samples: number[] = [];
  const liar = samples.every((ms) => ms < 200) ? 'green' : 'red';
  assert.equal(liar, 'green');
  const nothing = { pairs: [], exact: { base: {}, head: {}, control: {} } };
  const ours = decideGate({ first: nothing, confirm: null, unfit: [], seed: 1 });
  assert.equal(ours.verdict, 'INCONCLUSIVE');
  // One empty metric among full ones must not slip through either.
  const stage = syntheticStage({ seed: 11, pairs: 16, exactHead: {} });
  assert.equal(decideGate({ first: stage, confirm: null, unfit: [], seed: 1 }).verdict, 'INCONCLUSIVE');
});
