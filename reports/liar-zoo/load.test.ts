// Load generators that lie, each beside the method of this project on the same made-up server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closedLoop, evenly, openLoop, type Served } from '../fixtures/stalling-server.ts';
import { decodeDistribution, quantileNs } from '../statistics/distribution.ts';
import { encodeHistogram, latencyHistogram } from '../statistics/histogram.ts';

const MS = 1e6;

/** 10 s at 100 requests/s on a server that takes 1 ms, and hangs for 1 s in the middle. */
const STALL = { serviceMs: 1, stallFromMs: 5_000, stallToMs: 6_000 };
const DUE = evenly(10, 10_000);
/**
 * The i-th request of the stall is due 10·i ms into it and is done (i + 1) ms after its end: 1001 − 9·i ms. Ten of
 * 1000 requests (i = 0 … 9) are slower than the eleventh, which is the p99.
 */
const TRUE_P99_MS = 1_001 - 9 * 10;

function p99Ms(served: readonly Served[], from: 'dueMs' | 'sentMs'): number {
  const histogram = latencyHistogram();
  for (const one of served) histogram.recordValue(Math.round((one.doneMs - one[from]) * MS));
  return quantileNs(decodeDistribution(encodeHistogram(histogram)), 0.99)! / MS;
}

test('a closed loop sees one slow request where a hundred callers waited', () => {
  const liar = p99Ms(closedLoop(DUE, STALL), 'sentMs');
  const ours = p99Ms(openLoop(DUE, STALL), 'dueMs');
  assert.ok(liar <= 1.01, `the closed loop reports ${liar} ms`);
  assert.ok(Math.abs(ours / TRUE_P99_MS - 1) < 0.02, `ours is ${ours} ms, the truth ${TRUE_P99_MS} ms`);
});

test('skipping requests that are late hides the stall; counting from the schedule shows it', () => {
  // As fortio does with -nocatchup: a turn that passed while the connection was busy is not taken.
  let freeAtMs = 0;
  const skipping = DUE.flatMap((due) => {
    if (due < freeAtMs) return [];
    const [served] = openLoop([due], STALL);
    freeAtMs = served!.doneMs;
    return [served!];
  });
  const liar = p99Ms(skipping, 'sentMs');
  const skipped = DUE.length - skipping.length;
  assert.ok(liar <= 1.01, `skipping reports ${liar} ms`);
  assert.ok(skipped >= 99, `${skipped} requests were never sent`);
  assert.ok(Math.abs(p99Ms(openLoop(DUE, STALL), 'dueMs') / TRUE_P99_MS - 1) < 0.02);
});

test('a correction of coordinated omission in the wrong unit reports less than the server’s own minimum', () => {
  // As autocannon does with a rate: the value in milliseconds, the expected interval 1/rate in seconds, so always 1.
  const sleepMs = 20;
  const ratePerSecond = 10;
  const liar = latencyHistogram();
  const ours = latencyHistogram();
  for (let i = 0; i < 300; i++) {
    liar.recordValueWithExpectedInterval(sleepMs, Math.ceil(1 / ratePerSecond));
    ours.recordValue(sleepMs);
  }
  assert.ok(
    liar.getValueAtPercentile(50) < sleepMs,
    `${liar.getValueAtPercentile(50)} ms for a server that sleeps 20`,
  );
  assert.ok(liar.totalCount > 10 * ours.totalCount);
  assert.equal(ours.getValueAtPercentile(50), sleepMs);
});
