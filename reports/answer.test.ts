import assert from 'node:assert/strict';
import { it } from 'node:test';
import { answer } from './answer.ts';
import { syntheticResult } from './fixtures/synthetic-result.ts';
import { summarise } from './summary.ts';

const summary = summarise(syntheticResult());

/** What is said of requests when the p50 of two scenarios has these ratios to the baseline, interval 5 % around. */
function said(certain: number, other: number, otherHigh: number): string {
  const comparisons = summary.comparisons.map((one) => {
    if (one.figure !== 'request p50' || one.scenario === 'no-cache') return one;
    const isCertain = one.scenario === 'in-process-l1';
    const ratio = isCertain ? certain : other;
    const high = isCertain ? ratio * 1.05 : otherHigh;
    const interval = { low: ratio * 0.95, high, confidence: 0.95 };
    return { ...one, ratio, interval, verdict: high < 1 ? ('faster' as const) : ('INCONCLUSIVE' as const) };
  });
  return answer({ ...summary, comparisons })[0]!;
}

it('calls the scenario with the lowest certain ratio the fastest', () => {
  assert.match(said(0.8, 0.9, 0.95), /requests were fastest with in-process-l1/);
});

it('does not call a scenario the fastest while another, in doubt, was faster', () => {
  const sentence = said(0.8, 0.7, 1.1);
  assert.doesNotMatch(sentence, /requests were fastest/);
  assert.match(sentence, /beyond doubt, in-process-l1 was the fastest: at the median 1\.25 times faster/);
  assert.match(sentence, /Lower still at the median was redis-sidecar: INCONCLUSIVE \(0\.7× the time/);
});

it('counts one pair, not one pairs', () => {
  const [requests] = answer(summarise(syntheticResult({ rounds: 1 })));
  assert.match(requests!, /\(1 pair\)/);
});
