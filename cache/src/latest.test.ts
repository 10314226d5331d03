import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Latest } from './latest.ts';

test('it holds what was set last, as a plain list of the latest does', () => {
  const step = fc.record({ key: fc.nat(9), does: fc.constantFrom('set', 'set', 'set', 'delete') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const latest = new Latest<number, number>(4);
      let model: [number, number][] = [];
      for (const [i, { key, does }] of steps.entries()) {
        model = model.filter(([held]) => held !== key);
        if (does === 'delete') latest.delete(key);
        else {
          latest.set(key, i);
          model = [...model, [key, i] as [number, number]].slice(-4);
        }
        assert.deepEqual([...latest], model);
      }
    }),
    { seed: 3, numRuns: 300 },
  );
});

test('one iterator serves for all that it forgets', (t) => {
  // A new one would walk over all that was deleted before it: 3 s instead of 0.1 s for 500,000 sets.
  const keys = t.mock.method(Map.prototype, 'keys');
  const latest = new Latest<number, number>(20);
  for (let i = 0; i < 500; i++) latest.set((i * 79) % 103, i);
  assert.equal(keys.mock.callCount(), 1);
});
