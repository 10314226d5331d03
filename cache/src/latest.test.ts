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

test('to forget the oldest does not walk over what was deleted before', () => {
  const latest = new Latest<number, number>(20_000);
  const startedMs = performance.now();
  for (let i = 0; i < 500_000; i++) latest.set((i * 7919) % 100_003, i);
  // 0.1 s; with a new iterator each time it was 3 s.
  assert.ok(performance.now() - startedMs < 1000, `${performance.now() - startedMs} ms`);
});
