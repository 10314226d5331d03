import type { Rng } from '../../scenarios/topology/topology.ts';
import { bootstrapTogether } from '../statistics/bootstrap.ts';
import { type Distribution, meanNs, mergeDistributions, quantileNs } from '../statistics/distribution.ts';
import type { Figure, SampleKind } from './figure.ts';

/** The figures of one kind of latency, from the merged histograms of all valid blocks. */
export interface LatencyFigures {
  readonly p50: Figure;
  readonly p90: Figure;
  readonly p99: Figure;
  readonly mean: Figure;
}

export type LatencyStatistic = keyof LatencyFigures;

const STATISTICS = ['p50', 'p90', 'p99', 'mean'] as const;
const SHARE = { p50: 0.5, p90: 0.9, p99: 0.99 } as const;

/** A statistic of a distribution, in nanoseconds; NaN without samples, or with too few for one to lie beyond it. */
export function statisticNs(of: Distribution, statistic: LatencyStatistic): number {
  if (statistic === 'mean') return meanNs(of) ?? Number.NaN;
  const share = SHARE[statistic];
  const beyond = of.n * (1 - share);
  return beyond > 0.999 || share === 0.5 ? (quantileNs(of, share) ?? Number.NaN) : Number.NaN;
}

/**
 * Makes the pooled distribution of any choice of blocks, fast: all blocks are laid on one axis of values once,
 * and a choice only adds counts.
 */
export function pool(blocks: readonly Distribution[]): (indices: readonly number[]) => Distribution {
  const { valuesNs } = mergeDistributions(blocks);
  const slotOf = new Map(valuesNs.map((value, slot) => [value, slot]));
  const slots = blocks.map((block) => block.valuesNs.map((value) => slotOf.get(value)!));
  return (indices) => {
    const counts = new Float64Array(valuesNs.length);
    let n = 0;
    for (const index of indices) {
      const block = blocks[index]!;
      const at = slots[index]!;
      for (let i = 0; i < at.length; i++) counts[at[i]!]! += block.counts[i]!;
      n += block.n;
    }
    return { valuesNs, counts, n };
  };
}

/** Percentiles and mean of the merged blocks; the intervals resample whole blocks. */
export function latencyFigures(
  blocks: readonly Distribution[],
  of: SampleKind,
  emulated: boolean,
  rng: Rng,
): LatencyFigures {
  const pooled = pool(blocks);
  const all = pooled(blocks.map((_, i) => i));
  const intervals =
    all.n === 0
      ? []
      : bootstrapTogether(
          blocks.length,
          (indices) => {
            const drawn = pooled(indices);
            return STATISTICS.map((statistic) => statisticNs(drawn, statistic));
          },
          { rng, resamples: 1000 },
        );
  const [p50, p90, p99, mean] = STATISTICS.map((statistic, i): Figure => {
    const value = statisticNs(all, statistic);
    return {
      value: Number.isNaN(value) ? null : value,
      unit: 'ns',
      n: all.n,
      of,
      interval: intervals[i] ?? null,
      emulated: emulated && all.n > 0,
    };
  });
  return { p50: p50!, p90: p90!, p99: p99!, mean: mean! };
}
