import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnchors, readAnchorTrace } from '../anchors.ts';
import { simulate } from '../simulate.ts';
import type { Trace } from '../trace.ts';
import { POLICIES } from './policies.ts';

const SMALL_CELLS = [
  { trace: 'web07', entries: 300 },
  { trace: 'loop', entries: 512 },
  { trace: 'corda-small', entries: 512 },
];

/** Skewed reads with a scan now and then. */
function generated(reads: number, distinctKeys: number, seed: number): Trace {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const keys = new Int32Array(reads);
  for (let at = 0; at < reads; at++) {
    const scans = at % 1000 > 900;
    keys[at] = scans ? at % distinctKeys : Math.floor(distinctKeys * random() ** 3);
  }
  return { name: 'generated', keys, distinctKeys };
}

function hitRatio(name: string, trace: Trace, entries: number): number {
  const policy = POLICIES.find((known) => known.name === name);
  assert.ok(policy);
  return simulate(trace, policy.create(trace, entries, 1)).hitRatioPercent;
}

for (const { name } of POLICIES) {
  test(`${name} never beats the optimum, and loses only first reads when everything fits`, () => {
    const trace = generated(20_000, 500, 7);
    for (const entries of [1, 2, 10, 100, 300]) {
      assert.ok(
        hitRatio(name, trace, entries) <= hitRatio('belady', trace, entries) + 1e-9,
        `${entries} entries`,
      );
    }
    const first = (100 * new Set(trace.keys).size) / trace.keys.length;
    assert.ok(Math.abs(hitRatio(name, trace, 500) - (100 - first)) < 1e-9);
  });

  test(`${name} gives the same result for the same seed`, () => {
    const trace = generated(20_000, 500, 8);
    assert.equal(hitRatio(name, trace, 50), hitRatio(name, trace, 50));
  });
}

test('lru equals a plain map in order of use', () => {
  const trace = generated(20_000, 500, 9);
  const held = new Map<number, true>();
  let hits = 0;
  for (const key of trace.keys) {
    if (held.delete(key)) hits++;
    else if (held.size === 60) held.delete(held.keys().next().value as number);
    held.set(key, true);
  }
  assert.equal(hitRatio('lru', trace, 60), (100 * hits) / trace.keys.length);
});

test('lru and belady equal the published hit ratios to 0.01 points', async (t) => {
  const anchors = readAnchors();
  for (const { trace: name, entries } of SMALL_CELLS) {
    const trace = await readAnchorTrace(name);
    const anchor = anchors.find((cell) => cell.trace === name && cell.entries === entries);
    if (trace === undefined || anchor === undefined) {
      t.skip('../shared/traces is absent: the published cells are not checked');
      return;
    }
    assert.ok(
      Math.abs(hitRatio('lru', trace, entries) - anchor.lruPercent) <= 0.0101,
      `lru ${name}@${entries}`,
    );
    assert.ok(
      Math.abs(hitRatio('belady', trace, entries) - anchor.beladyPercent) <= 0.0101,
      `belady ${name}@${entries}`,
    );
  }
});

test('w-tinylfu reaches what Caffeine reaches on a loop that three quarters of fit', () => {
  // loop@750 of the reference table, where Caffeine 3.2.2 has 69.21 to 70.49 %.
  const keys = Int32Array.from({ length: 505_500 }, (_, at) => at % 1011);
  assert.ok(hitRatio('w-tinylfu', { name: 'loop', keys, distinctKeys: 1011 }, 750) >= 69.2);
});
