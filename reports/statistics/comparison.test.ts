import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mean, median } from 'simple-statistics';
import { bootstrapInterval, resampleIndices } from './bootstrap.ts';
import { holm } from './holm.ts';
import { pairedRatio } from './paired-ratio.ts';
import { seededRng } from './rng.ts';
import { signedRankTest } from './wilcoxon.ts';

test('the same seed draws the same interval, another seed another', () => {
  const samples = [3, 1, 4, 1, 5, 9, 2, 6];
  const once = bootstrapInterval(samples, mean, { rng: seededRng(7) });
  assert.deepEqual(bootstrapInterval(samples, mean, { rng: seededRng(7) }), once);
  assert.notDeepEqual(bootstrapInterval(samples, mean, { rng: seededRng(8) }), once);
});

test('one sample has no interval', () => {
  assert.equal(bootstrapInterval([5], median, { rng: seededRng(1) }), null);
});

test('a moving block keeps neighbours together and never leaves the series', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 10 }),
      fc.nat(),
      (n, length, seed) => {
        const drawn = resampleIndices(n, length, seededRng(seed));
        assert.equal(drawn.length, n);
        const run = Math.min(length, n);
        drawn.forEach((index, i) => {
          assert.ok(index >= 0 && index < n);
          if (i % run !== 0) assert.equal(index, drawn[i - 1]! + 1);
        });
      },
    ),
  );
});

for (const n of [6, 8, 30]) {
  test(`the 95 % interval of a mean of ${n} holds the truth in about 95 % of repetitions`, () => {
    const rng = seededRng(42);
    let held = 0;
    for (let repetition = 0; repetition < 400; repetition++) {
      const samples = Array.from({ length: n }, () => rng() + rng() + rng());
      const interval = bootstrapInterval(samples, mean, { rng, resamples: 500 })!;
      if (interval.low <= 1.5 && 1.5 <= interval.high) held++;
    }
    assert.ok(held / 400 > 0.925 && held / 400 < 0.975, `held ${held} of 400`);
  });
}

test('noise that hits both blocks of a pair alike cancels', () => {
  const rng = seededRng(3);
  const pairs = Array.from({ length: 12 }, () => {
    const noise = 1 + 20 * rng();
    return { baseline: noise, candidate: 0.5 * noise };
  });
  const { ratio, interval, n } = pairedRatio(pairs)!;
  assert.equal(n, 12);
  assert.ok(Math.abs(ratio - 0.5) < 1e-9);
  assert.ok(Math.abs(interval!.low - 0.5) < 1e-9 && Math.abs(interval!.high - 0.5) < 1e-9);
});

test('a pair with nothing measured on one side is no pair', () => {
  assert.equal(pairedRatio([{ baseline: 0, candidate: 1 }]), null);
});

// Expected values counted by hand over all signs.
const signedRankCases = [
  { samples: [], pTwoSided: 1 },
  { samples: [0, 0], pTwoSided: 1 },
  { samples: [1, 2, 3, 4, 5, 6], pTwoSided: 2 / 64 },
  { samples: [1, 2, 3, 4, 5, -6], pTwoSided: 28 / 64 },
  { samples: [1, 1, -1], pTwoSided: 1 },
  { samples: [1, 1, 1, 1], pTwoSided: 2 / 16 },
] as const;
for (const { samples, pTwoSided } of signedRankCases) {
  test(`the signed-rank test of [${samples}] has p = ${pTwoSided}`, () => {
    assert.ok(Math.abs(signedRankTest(samples).pTwoSided - pTwoSided) < 1e-12);
  });
}

test('the exact signed-rank p equals the count over all signs', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -6, max: 6 }), { maxLength: 9 }), (samples) => {
      const kept = samples.filter((x) => x !== 0);
      const observed = signedRankTest(samples);
      let greater = 0;
      for (let signs = 0; signs < 2 ** kept.length; signs++) {
        const flipped = kept.map((x, i) => (signs & (1 << i) ? Math.abs(x) : -Math.abs(x)));
        if (signedRankTest(flipped).positiveRanks >= observed.positiveRanks) greater++;
      }
      assert.ok(Math.abs(observed.pGreater - greater / 2 ** kept.length) < 1e-9);
    }),
    { numRuns: 30 },
  );
});

const holmCases = [
  { given: [], adjusted: [] },
  { given: [0.04], adjusted: [0.04] },
  { given: [0.01, 0.04, 0.03], adjusted: [0.03, 0.06, 0.06] },
  { given: [0.5, 0.9], adjusted: [1, 1] },
];
for (const { given, adjusted } of holmCases) {
  test(`Holm turns [${given}] into [${adjusted}]`, () => {
    holm(given).forEach((p, i) => {
      assert.ok(Math.abs(p - adjusted[i]!) < 1e-12);
    });
  });
}
