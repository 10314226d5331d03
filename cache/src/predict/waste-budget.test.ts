import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { WasteBudget } from './waste-budget.ts';

test('unused prefetches never exceed the share of misses plus the burst, whatever happens in whatever order', () => {
  const event = fc.oneof(
    fc.constantFrom('miss' as const, 'used' as const),
    // The tokens of a prefetch.
    fc.integer({ min: 1, max: 4 }),
  );
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(event, { maxLength: 2000 }),
      (sharePerMiss, burst, events) => {
        const budget = new WasteBudget(sharePerMiss, burst);
        let misses = 0;
        const unused: number[] = [];
        for (const happened of events) {
          if (happened === 'miss') {
            misses++;
            budget.onMiss();
          } else if (happened === 'used') {
            const price = unused.shift();
            if (price !== undefined) budget.refund(price);
          } else if (budget.take(happened)) unused.push(happened);
          const taken = unused.reduce((sum, price) => sum + price, 0);
          assert.ok(
            taken <= sharePerMiss * misses + burst + 1e-6,
            `${taken} tokens of unused prefetches after ${misses} misses`,
          );
        }
      },
    ),
  );
});

test('an empty budget gives nothing until misses have filled it again', () => {
  const budget = new WasteBudget(0.25, 2);
  assert.deepEqual([budget.take(1), budget.take(1), budget.take(1)], [true, true, false]);
  for (let i = 0; i < 3; i++) budget.onMiss();
  assert.equal(budget.take(1), false);
  budget.onMiss();
  assert.equal(budget.take(1), true);
});
