import type { Count, Ratio } from 'l1-cache';
import type { Interval } from './bootstrap.ts';

/** How often the range from the `rank`-th least to the `rank`-th greatest of `n` samples holds the true median. */
function confidenceOf(rank: Count, n: Count): Ratio {
  let outside = 0;
  let exactly = 0.5 ** n;
  for (let below = 0; below < rank; below++) {
    outside += exactly;
    exactly *= (n - below) / (below + 1);
  }
  return 1 - 2 * outside;
}

/**
 * The interval of a median from the samples in order, whatever their distribution. No two of them hold it in just 95 % of
 * repetitions, so each end lies between two. Fewer than six cannot: their interval is the least and the most.
 * Null with fewer than two. Source: Hettmansperger and Sheather 1986, with the weights of Nyblom 1992.
 */
export function medianInterval(samples: readonly number[], confidence: Ratio = 0.95): Interval | null {
  const n = samples.length;
  if (n < 2) return null;
  const sorted = [...samples].sort((a, b) => a - b);
  if (confidenceOf(1, n) < confidence) return { low: sorted[0]!, high: sorted[n - 1]!, confidence: null };
  let rank = 1;
  while (confidenceOf(rank + 1, n) >= confidence) rank++;
  const wider = confidenceOf(rank, n);
  const share = (wider - confidence) / (wider - confidenceOf(rank + 1, n));
  const inwards = ((n - rank) * share) / (rank + (n - 2 * rank) * share);
  const between = (outer: number, inner: number) => outer + inwards * (inner - outer);
  return {
    low: between(sorted[rank - 1]!, sorted[rank]!),
    high: between(sorted[n - rank]!, sorted[n - rank - 1]!),
    confidence,
  };
}
