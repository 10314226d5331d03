import type { Count } from 'l1-cache';
import type { Rng } from '../../scenarios/topology/topology.ts';
import type { Block } from '../schema.ts';
import { bootstrapIndices, type Interval } from '../statistics/bootstrap.ts';
import { decodeDistribution } from '../statistics/distribution.ts';
import { type Pair, pairedRatio } from '../statistics/paired-ratio.ts';
import { type LatencyStatistic, pool, statisticNs } from './latency.ts';

/** Below this many pairs even unanimous pairs are no evidence: an exact sign test of 5 stays at p = 0.06. */
export const MIN_PAIRS = 6;

export type ComparedFigure =
  | 'request p50'
  | 'request p90'
  | 'request p99'
  | 'request mean'
  | 'read p50'
  | 'read mean'
  | 'CPU per request';

export type Verdict = 'faster' | 'slower' | 'INCONCLUSIVE';

/** One scenario against the baseline in one figure. For CPU, faster means less of it. */
export interface Comparison {
  readonly scenario: string;
  readonly baseline: string;
  readonly figure: ComparedFigure;
  /** Scenario ÷ baseline; null without a valid pair. */
  readonly ratio: number | null;
  readonly interval: Interval | null;
  /** Rounds in which the blocks of both counted. */
  readonly pairs: Count;
  readonly verdict: Verdict;
  readonly emulated: boolean;
}

interface Round {
  readonly baseline: Block;
  readonly candidate: Block;
}

/** What the ratio and its interval allow to be said. */
function verdictOf(interval: Interval | null, pairs: Count): Verdict {
  if (interval === null || pairs < MIN_PAIRS) return 'INCONCLUSIVE';
  if (interval.high < 1) return 'faster';
  return interval.low > 1 ? 'slower' : 'INCONCLUSIVE';
}

/** CPU of everything that serves a request: applications, sidecars, Redis. The load generator is not in it. */
export function meshCpuUs({ appCpuUs, proxyCpuUs, redisCpuUs }: Block): number {
  return appCpuUs + (proxyCpuUs ?? 0) + (redisCpuUs ?? 0);
}

export function cpuPerRequestUs(block: Block): number {
  return meshCpuUs(block) / block.completed;
}

type Histogram = 'latencyNs' | 'allReadsNs';

function pairsOf(rounds: readonly Round[], measure: (block: Block) => number): Pair[] {
  return rounds.map(({ baseline, candidate }) => ({
    baseline: measure(baseline),
    candidate: measure(candidate),
  }));
}

const inBlock = (histogram: Histogram, statistic: LatencyStatistic) => (block: Block) =>
  statisticNs(decodeDistribution(block[histogram]), statistic);

/** A block is too short for a p99 of its own, so its ratio comes from merged blocks; the rounds are resampled. */
function pooledP99(rounds: readonly Round[], rng: Rng): { ratio: number; interval: Interval | null } {
  const baseline = pool(rounds.map((round) => decodeDistribution(round.baseline.latencyNs)));
  const candidate = pool(rounds.map((round) => decodeDistribution(round.candidate.latencyNs)));
  const ratio = (indices: readonly number[]) =>
    statisticNs(candidate(indices), 'p99') / statisticNs(baseline(indices), 'p99');
  return {
    ratio: ratio(rounds.map((_, i) => i)),
    interval: bootstrapIndices(rounds.length, ratio, { rng, resamples: 1000 }),
  };
}

/** Compares one scenario with the baseline over the rounds in which both blocks count. */
export function compareWithBaseline(
  blocks: readonly Block[],
  baseline: string,
  scenario: string,
  rng: Rng,
): Comparison[] {
  const valid = blocks.filter(({ brokenRules }) => brokenRules.length === 0);
  const rounds = valid
    .filter((block) => block.scenario === scenario)
    .flatMap((candidate) => {
      const partner = valid.find((block) => block.scenario === baseline && block.round === candidate.round);
      return partner === undefined ? [] : [{ baseline: partner, candidate }];
    });

  const paired: [ComparedFigure, (block: Block) => number][] = [
    ['request p50', inBlock('latencyNs', 'p50')],
    ['request p90', inBlock('latencyNs', 'p90')],
    ['request mean', inBlock('latencyNs', 'mean')],
    ['read p50', inBlock('allReadsNs', 'p50')],
    ['read mean', inBlock('allReadsNs', 'mean')],
    ['CPU per request', cpuPerRequestUs],
  ];
  const compared = (
    figure: ComparedFigure,
    ratio: number | null,
    interval: Interval | null,
    pairs: Count,
  ) => ({
    scenario,
    baseline,
    figure,
    ratio,
    interval,
    pairs,
    verdict: verdictOf(interval, pairs),
    emulated: figure !== 'CPU per request',
  });
  const comparisons: Comparison[] = paired.map(([figure, measure]) => {
    const found = pairedRatio(pairsOf(rounds, measure));
    return compared(figure, found?.ratio ?? null, found?.interval ?? null, found?.n ?? 0);
  });
  const p99 = pooledP99(rounds, rng);
  const at = comparisons.findIndex(({ figure }) => figure === 'request mean');
  const hasTail = Number.isFinite(p99.ratio);
  comparisons.splice(
    at,
    0,
    compared(
      'request p99',
      hasTail ? p99.ratio : null,
      hasTail ? p99.interval : null,
      hasTail ? rounds.length : 0,
    ),
  );
  return comparisons;
}
