import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WasteBudget } from './waste-budget.ts';

test('unused prefetches never exceed the share of misses plus the burst, whatever happens in whatever order', () => {
  const event = fc.constantFrom('miss', 'prefetch', 'used');
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(event, { maxLength: 2000 }),
      (sharePerMiss, burst, events) => {
        const budget = new WasteBudget(sharePerMiss, burst);
        let misses = 0;
        let unused = 0;
        for (const happened of events) {
          if (happened === 'miss') {
            misses++;
            budget.onMiss();
          } else if (happened === 'prefetch') {
            if (budget.take()) unused++;
          } else if (unused > 0) {
            unused--;
            budget.refund();
          }
          assert.ok(
            unused <= sharePerMiss * misses + burst + 1e-6,
            `${unused} unused after ${misses} misses`,
          );
        }
      },
    ),
  );
});

test('an empty budget gives nothing until misses have filled it again', () => {
  const budget = new WasteBudget(0.25, 2);
  assert.deepEqual([budget.take(), budget.take(), budget.take()], [true, true, false]);
  for (let i = 0; i < 3; i++) budget.onMiss();
  assert.equal(budget.take(), false);
  budget.onMiss();
  assert.equal(budget.take(), true);
});
