import { duration, number, percent } from '../../format.ts';
import { type Claim, claim } from '../claim.ts';
import { bounds, type Measured } from '../measurements.ts';

const MS = 1e6;
const SECOND = 1e9;
const HOUR = 3600 * SECOND;

const known = ({ value }: Measured): number => value ?? Number.NaN;
/** Is the whole interval within a share of the target? */
const near = (measured: Measured, target: number, share: number): boolean => {
  const { low, high } = bounds(measured);
  return low >= target * (1 - share) && high <= target * (1 + share);
};

const loads = (measured: Measured): string =>
  `${number(known(measured))} origin ${known(measured) === 1 ? 'load' : 'loads'}`;

/** What is in a cache before it is asked for, and how fast it learns. */
export const warmthClaims: readonly Claim[] = [
  claim({
    id: 'redis-cold',
    line: 'A new Redis sidecar starts with a hit rate of 0 %.',
    quote:
      'Every cold start, every new pod in a rolling deployment, starts with an empty cache and a 0% hit rate.',
    needs: ['coldStarts'],
    judge: ({ coldStarts }) => {
      const redis = coldStarts.find(({ scenario }) => scenario === 'redis-sidecar')!;
      const others = coldStarts
        .filter((start) => start !== redis)
        .map(({ scenario, firstInterval }) => `${scenario} ${percent(known(firstInterval))}`);
      // The first interval holds the first repeats too, so no measured ratio is 0 %.
      const cold = known(redis.firstInterval) <= 0.5 * known(redis.steady);
      return {
        verdict: cold ? 'reproduced' : 'not reproduced',
        because: `In its first interval a fresh Redis sidecar answered ${percent(known(redis.firstInterval))} of the reads, ${percent(known(redis.steady))} at the end of the warm-up: it ${cold ? 'starts' : 'does not start'} at less than half of where it comes to. Other caches in their first interval: ${others.join(', ') || 'none in this run'}.`,
        condition: null,
        values: coldStarts.flatMap(({ scenario, firstInterval, steady, timeTo95 }) => [
          { label: `${scenario}: hit ratio in the first interval`, measured: firstInterval },
          { label: `${scenario}: hit ratio at the end of the warm-up`, measured: steady },
          { label: `${scenario}: time to 95 % of it`, measured: timeTo95 },
        ]),
      };
    },
  }),
  claim({
    id: 'prewarm',
    line: 'A token read fetches the profile before it is asked for, within 50 ms.',
    quote:
      'begins fetching profile data the moment a token arrives — before the application code asks for it. When the application does request the profile, it is already in L1.',
    needs: ['prewarming'],
    judge: ({ prewarming: { coverage, inTime, accuracy, originFetches } }) => {
      const covered = bounds(coverage).low >= 0.95 && bounds(inTime).low >= 0.95;
      return {
        verdict: covered ? 'reproduced' : 'not reproduced',
        because: `${percent(known(coverage))} of the profile reads that would have missed were fetched ahead, ${percent(known(inTime))} of those in time; a late one counts as a miss. ${percent(known(accuracy))} of the prefetches were used, at ${number(known(originFetches))} times the origin fetches.`,
        condition: covered
          ? 'the token’s value names the profile’s key, and profiles may be fetched with the service’s own credentials'
          : null,
        values: [
          { label: 'misses covered', measured: coverage },
          { label: 'ready in time', measured: inTime },
          { label: 'prefetches used', measured: accuracy },
          { label: 'origin fetches, with ÷ without', measured: originFetches },
        ],
      };
    },
  }),
  claim({
    id: 'no-stampede',
    line: 'There is no miss path and no stampede window.',
    quote: 'There is no cold-start penalty, no miss path, and no stampede window.',
    needs: ['stampede'],
    judge: ({ stampede: { readersPerPod, pods, originLoadsOnePod, originLoadsAllPods } }) => {
      const one = bounds(originLoadsOnePod).high <= 1;
      const all = bounds(originLoadsAllPods).high <= 1;
      return {
        verdict: all ? 'reproduced' : one ? 'reproduced if' : 'not reproduced',
        because: `${number(readersPerPod)} readers of one expired key cause ${loads(originLoadsOnePod)} in one pod (single-flight) and ${number(known(originLoadsAllPods))} across ${pods} pods. A miss path exists: a key that was never read must be loaded.`,
        condition:
          all || !one
            ? null
            : 'the readers are in one pod; across pods it takes refresh-ahead or de-phased TTLs',
        values: [
          { label: 'origin loads per expiry, one pod', measured: originLoadsOnePod },
          { label: `origin loads per expiry, ${pods} pods`, measured: originLoadsAllPods },
        ],
      };
    },
  }),
  claim({
    id: 'dynamic-ttl',
    line: 'A weekly flag gets a TTL of 6 h, a price that changes every second 500 ms.',
    quote:
      'A feature flag that changes once a week gets a 6-hour TTL. A stock price that updates every second gets a 500ms TTL.',
    needs: ['learnedTtl'],
    judge: ({ learnedTtl: { weeklyFlag, perSecondPrice, stalePriceHits } }) => {
      const both = near(weeklyFlag, 6 * HOUR, 0.1) && near(perSecondPrice, 500 * MS, 0.1);
      return {
        verdict: both ? 'reproduced' : 'not reproduced',
        because: `Learned: ${number(known(weeklyFlag) / HOUR)} h and ${duration(known(perSecondPrice))}. Both follow from min(½ · interval, 6 h). With the price’s TTL ${percent(known(stalePriceHits))} of its hits are stale: freshness is traded, not gained.`,
        condition: null,
        values: [
          { label: 'TTL of a flag that changes weekly', measured: weeklyFlag },
          { label: 'TTL of a price that changes every second', measured: perSecondPrice },
          { label: 'stale share of price hits', measured: stalePriceHits },
        ],
      };
    },
  }),
  claim({
    id: 'cross-pod',
    line: 'The fleet converges on a new working set within seconds, not minutes.',
    quote: 'The entire fleet converges on the optimal working set within seconds, not minutes.',
    needs: ['hotSetShift'],
    judge: ({ hotSetShift: { shared, alone, ratePerPod } }) => {
      const seconds = shared.value !== null && bounds(shared).high < 60 * SECOND;
      const helps = alone.value === null || bounds(shared).high < bounds(alone).low;
      const took = (measured: Measured) =>
        measured.value === null ? 'not within the measurement' : duration(measured.value);
      return {
        verdict: seconds && helps ? 'reproduced' : 'not reproduced',
        because: `After the hot set moves, at ${number(ratePerPod)} requests/s a pod: ${took(shared)} with shared signals, ${took(alone)} for pods on their own.${helps ? '' : ' Sharing made no measurable difference.'}`,
        condition: null,
        values: [
          { label: 'with shared signals', measured: shared },
          { label: 'pods alone', measured: alone },
        ],
      };
    },
  }),
];
