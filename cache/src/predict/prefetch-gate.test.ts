import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { OriginHealth } from './origin-health.ts';
import { PrefetchGate } from './prefetch-gate.ts';
import { type RuleKind, RuleScore } from './rule-score.ts';
import { WasteBudget } from './waste-budget.ts';

const WINDOW_MS = 500;

function gateWith({ burst = 1000, holdOutRatio = 0, sharePerMiss = 0.1 } = {}) {
  const health = new OriginHealth();
  const target = { has: () => false, prefetch: () => 'started' as const };
  const gate = new PrefetchGate(target, new WasteBudget(sharePerMiss, burst), health, {
    minConfidence: { 'value-flow': 0.35, 'key-pair': 0.72, 'time-of-day': 0.72 },
    maxConcurrent: 16,
    holdOutRatio,
    rng: () => 0.5,
  });
  return { gate, health };
}

function provenRule(kind: RuleKind = 'value-flow'): RuleScore {
  const rule = new RuleScore(kind, 'proven', WINDOW_MS);
  for (let i = 0; i < 64; i++) rule.learn(true);
  return rule;
}

function rightHalfOfTheTime(kind: RuleKind): RuleScore {
  const rule = new RuleScore(kind, 'right half of the time', WINDOW_MS);
  for (let i = 0; i < 60; i++) rule.learn(i % 2 === 0);
  return rule;
}

test('no more than sixteen prefetches are in flight', () => {
  const { gate, health } = gateWith();
  const rule = provenRule();
  const outcomes = Array.from({ length: 20 }, (_, i) => gate.offer(`k${i}`, rule, 0));
  assert.equal(outcomes.filter((outcome) => outcome === 'fetched').length, 16);
  assert.deepEqual(outcomes.slice(16), ['busy', 'busy', 'busy', 'busy']);
  health.end('k0', 2);
  assert.equal(gate.offer('k16', rule, 2), 'fetched');
});

test('a rule right half of the time fetches if it is of value flow, and only while there is budget', () => {
  const { gate } = gateWith({ burst: 4 });
  const outcomes = (kind: RuleKind, count: number) => {
    const rule = rightHalfOfTheTime(kind);
    return Array.from({ length: count }, (_, i) => gate.offer(`${kind}${i}`, rule, 0));
  };
  assert.deepEqual(outcomes('key-pair', 1), ['shadow']);
  assert.deepEqual(outcomes('value-flow', 2), ['fetched', 'shadow']);
});

test('useless prefetches of a doubtful rule take up a third of the budget at most', () => {
  const { gate, health } = gateWith({ burst: 30, sharePerMiss: 0.3 });
  let misses = 0;
  for (let i = 0; i < 2000; i++) {
    // Whatever became of its guesses: the budget alone holds it back.
    gate.offer(`k${i}`, rightHalfOfTheTime('value-flow'), i * WINDOW_MS);
    health.end(`k${i}`, i * WINDOW_MS + 2);
    for (let n = 0; n < 5; n++, misses++) gate.onRead(`other${misses}`, false);
    gate.expire((i + 1) * WINDOW_MS);
  }
  const { unused } = gate.stats();
  assert.ok(unused > 0.09 * misses && unused <= 0.1 * misses + 10, `${unused} for ${misses} misses`);
});

test('a young rule is judged by all its guesses, not by those that came true first', () => {
  const { gate } = gateWith();
  const rule = new RuleScore('value-flow', 'right once in four', WINDOW_MS);
  for (let i = 0; i < 40; i++) {
    gate.offer(`k${i}`, rule, 0);
    if (i % 4 === 0) gate.onRead(`k${i}`, false);
  }
  gate.expire(WINDOW_MS - 1);
  assert.equal(rule.outcomes, 0);
  assert.equal(gate.offer('next', rule, WINDOW_MS - 1), 'shadow');
  gate.expire(WINDOW_MS);
  assert.equal(rule.outcomes, 40);
  assert.ok(rule.lowerBound < 0.25, `${rule.lowerBound}`);
});

test('a value that is gone before its read counts as useless', () => {
  const { gate } = gateWith();
  gate.offer('k', provenRule(), 0);
  gate.onPrefetched('k');
  gate.onRead('k', false);
  const { unused, timely, late } = gate.stats();
  assert.deepEqual({ unused, timely, late }, { unused: 1, timely: 0, late: 0 });
});

test('guesses open for a quarter of an hour leave room for the trials of other rules', () => {
  const target = { has: (key: string) => key === 'held', prefetch: () => 'started' as const };
  const options = { minConfidence: 0.35, maxConcurrent: 16, holdOutRatio: 0, rng: () => 0.5 };
  const gate = new PrefetchGate(target, new WasteBudget(0.1, 1000), new OriginHealth(), options);
  const byTime = new RuleScore('time-of-day', 'slot 3', 900_000);
  for (let i = 0; i < 1024; i++) assert.equal(gate.offer(`day:${i}`, byTime, 0), 'shadow');
  const flow = new RuleScore('value-flow', 'new', WINDOW_MS);
  gate.offer('held', flow, 0);
  gate.onRead('held', true);
  gate.expire(WINDOW_MS);
  assert.deepEqual(flow.evidence, { right: 1, wrong: 0 });
});

test('whatever is guessed, read and missed, useless prefetches stay within the budget', () => {
  const step = fc.record({
    key: fc.integer({ min: 0, max: 30 }),
    what: fc.constantFrom('guess', 'hit', 'miss', 'arrive'),
    waitMs: fc.integer({ min: 0, max: 300 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 600 }), fc.integer({ min: 1, max: 20 }), (steps, burst) => {
      const { gate, health } = gateWith({ burst, sharePerMiss: 0.2 });
      let atMs = 0;
      let misses = 0;
      for (const { key, what, waitMs } of steps) {
        atMs += waitMs;
        gate.expire(atMs);
        // A rule that always looks right: only the budget is between it and the origin.
        if (what === 'guess') gate.offer(`k${key}`, provenRule(), atMs);
        else if (what === 'arrive') {
          health.end(`k${key}`, atMs);
          gate.onPrefetched(`k${key}`);
        } else {
          gate.onRead(`k${key}`, what === 'hit');
          if (what === 'miss') misses++;
        }
        assert.ok(gate.stats().unused <= 0.2 * misses + burst + 1e-6);
      }
    }),
    { numRuns: 60 },
  );
});

test('what a value names is asked for as a key read twice, so that it stays until its read; other guesses are not', () => {
  const asked: unknown[] = [];
  const target = {
    has: () => false,
    prefetch: (key: string, options?: { readonly frequency?: number }) => {
      asked.push([key, options?.frequency]);
      return 'started' as const;
    },
  };
  const gate = new PrefetchGate(target, new WasteBudget(0.1, 1000), new OriginHealth(), {
    minConfidence: 0.7,
    maxConcurrent: 16,
    holdOutRatio: 0,
    rng: () => 0.5,
  });
  gate.offer('named', provenRule('value-flow'), 0);
  gate.offer('follows', provenRule('key-pair'), 0);
  assert.deepEqual(asked, [
    ['named', 2],
    ['follows', undefined],
  ]);
});
