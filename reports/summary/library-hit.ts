import type { Count, Nanos, Ratio } from 'l1-cache';
import { median } from 'simple-statistics';
import type { Block, Result } from '../schema.ts';
import type { Interval } from '../statistics/bootstrap.ts';
import { decodeDistribution } from '../statistics/distribution.ts';
import { pairedRatio } from '../statistics/paired-ratio.ts';
import { MIN_PAIRS } from './comparison.ts';
import { statisticNs } from './latency.ts';

/** What a hit of the library is asked to be worth, against a hit in each kind of Redis. */
const ASKED: readonly { readonly redis: string; readonly times: Ratio }[] = [
  { redis: 'shared-redis', times: 1000 },
  { redis: 'redis-sidecar', times: 67 },
];
const LIBRARY = 'in-process-l1';

/** How a hit of the library is timed: as a request meets it, or repeated in batches of 128, the cost of the code. */
type Timing = 'as a request meets it' | 'in batches of 128';

/** A read that found its value in a Redis, divided by a read that found it in the process, round by round. */
export interface LibraryHit {
  readonly redis: string;
  readonly timing: Timing;
  /** Medians over the rounds of the medians of each round. */
  readonly redisNs: Nanos;
  readonly libraryNs: Nanos;
  readonly times: Ratio;
  readonly interval: Interval | null;
  readonly pairs: Count;
  readonly asked: Ratio;
  /** By the whole interval: at least what was asked, below it, or neither, as with too few pairs. */
  readonly verdict: 'reached' | 'short' | 'INCONCLUSIVE';
}

const TIMINGS: readonly [Timing, (block: Block) => string | null][] = [
  ['as a request meets it', ({ l1PerReadNs }) => l1PerReadNs],
  ['in batches of 128', ({ l1BatchNs }) => l1BatchNs],
];

const p50 = (histogram: string | null): Nanos => statisticNs(decodeDistribution(histogram), 'p50');

/** How much cheaper a hit in the process is than a hit in Redis; empty where the run has not both. */
export function libraryHits({ blocks }: Pick<Result, 'blocks'>): LibraryHit[] {
  const valid = blocks.filter(({ brokenRules }) => brokenRules.length === 0);
  const of = (scenario: string) => valid.filter((block) => block.scenario === scenario);
  return ASKED.flatMap(({ redis, times: asked }) =>
    TIMINGS.flatMap(([timing, histogramOf]) => {
      const rounds = of(LIBRARY).flatMap((own) => {
        const other = of(redis).find(({ round }) => round === own.round);
        if (other === undefined) return [];
        const pair = {
          baseline: p50(histogramOf(own)),
          candidate: p50(other.readsByOutcome.redis?.latencyNs ?? null),
        };
        return Number.isFinite(pair.baseline) && Number.isFinite(pair.candidate) ? [pair] : [];
      });
      const found = pairedRatio(rounds);
      if (found === null) return [];
      return [
        {
          redis,
          timing,
          redisNs: median(rounds.map(({ candidate }) => candidate)),
          libraryNs: median(rounds.map(({ baseline }) => baseline)),
          times: found.ratio,
          interval: found.interval,
          pairs: found.n,
          asked,
          verdict: verdictOf(found.interval, found.n, asked),
        },
      ];
    }),
  );
}

function verdictOf(interval: Interval | null, pairs: Count, asked: Ratio): LibraryHit['verdict'] {
  if (interval === null || pairs < MIN_PAIRS) return 'INCONCLUSIVE';
  if (interval.low >= asked) return 'reached';
  return interval.high < asked ? 'short' : 'INCONCLUSIVE';
}
