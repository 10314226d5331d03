import type { Count, Ratio } from 'l1-cache';

export interface SignedRankTest {
  /** Samples that differ from zero; zeros say nothing about direction and are left out (Wilcoxon 1945). */
  readonly n: Count;
  /** Sum of the ranks of the positive samples. */
  readonly positiveRanks: number;
  /** Chance of positive ranks this large or larger if the samples were symmetric around zero. */
  readonly pGreater: Ratio;
  /** Chance of a sum this far or farther from its middle, on either side. */
  readonly pTwoSided: Ratio;
}

/**
 * The exact signed-rank test that the samples centre on zero. Ties share the mean of their ranks, and the
 * distribution is counted over all 2^n signs of these very ranks, so no normal approximation is involved.
 * O(n³) time, fine to a few hundred samples. With no sample apart from zero every p is 1.
 */
export function signedRankTest(samples: readonly number[]): SignedRankTest {
  const ordered = samples.filter((x) => x !== 0).sort((a, b) => Math.abs(a) - Math.abs(b));
  const n = ordered.length;
  // Doubled ranks are integers even when ties share a rank.
  const doubledRanks = new Array<number>(n);
  for (let start = 0; start < n; ) {
    let end = start;
    while (end + 1 < n && Math.abs(ordered[end + 1]!) === Math.abs(ordered[start]!)) end++;
    for (let i = start; i <= end; i++) doubledRanks[i] = start + end + 2;
    start = end + 1;
  }
  const total = doubledRanks.reduce((sum, rank) => sum + rank, 0);
  const observed = doubledRanks.reduce((sum, rank, i) => sum + (ordered[i]! > 0 ? rank : 0), 0);

  const chance = new Float64Array(total + 1);
  chance[0] = 1;
  let reached = 0;
  for (const rank of doubledRanks) {
    reached += rank;
    for (let sum = reached; sum >= 0; sum--) {
      chance[sum] = (chance[sum]! + (sum >= rank ? chance[sum - rank]! : 0)) / 2;
    }
  }
  let pGreater = 0;
  for (let sum = observed; sum <= total; sum++) pGreater += chance[sum]!;
  let pLess = 0;
  for (let sum = 0; sum <= observed; sum++) pLess += chance[sum]!;
  return {
    n,
    positiveRanks: observed / 2,
    pGreater: Math.min(1, pGreater),
    pTwoSided: Math.min(1, 2 * Math.min(pGreater, pLess)),
  };
}
