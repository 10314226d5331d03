import { duration, number, percent } from '../../format.ts';
import { type Claim, claim } from '../claim.ts';
import { bounds, computed, type Measured, ratioOf } from '../measurements.ts';
import {
  baselineForSaving,
  hitRatioForSpeedup,
  hitRatioForWholeRequests,
  meanRead,
  savedPerSecond,
} from '../solve.ts';

const US = 1_000;
const MS = 1_000_000;
/** The article's environment and before-and-after. */
const ARTICLE = { ratePerSecond: 50_000, calls: 3, beforeNs: 2 * MS, afterNs: 2 * US, hitNs: 1.5 * US };

/** A hit ratio where every hundredth of a per cent counts. */
const exactPercent = (ratio: number) => `${Number((100 * ratio).toFixed(4))} %`;

const known = (measured: Measured | null): number => measured?.value ?? Number.NaN;

const times = ({ value }: Measured): string =>
  value === null ? 'too few to tell' : `${number(value)} times`;

/** What calls through the mesh cost, and what is saved by not making them. */
export const networkClaims: readonly Claim[] = [
  claim({
    id: 'mesh-rtt',
    line: 'One call through the mesh has a floor of 0.5–2 ms.',
    quote: 'that round-trip has a floor of approximately 0.5–2ms per call',
    needs: ['meshRoundTrip'],
    judge: ({ meshRoundTrip: { p50, p90, p99, withoutMesh } }) => {
      const { low, high } = bounds(p50);
      const inside = low >= 0.5 * MS && high <= 2 * MS;
      return {
        verdict: inside ? 'reproduced' : 'not reproduced',
        because: `Two pods, two Envoys with mutual TLS, on one machine: ${duration(low)} to ${duration(high)} at p50${inside ? '' : high < 0.5 * MS ? ', below the claimed floor' : low > 2 * MS ? ', above the claimed range' : ', across the edge of the claimed range'}. Istio itself publishes 0.2–3 ms added at p90, by version. A network between machines comes on top.`,
        condition: null,
        values: [
          { label: 'through two Envoys, p50', measured: p50 },
          { label: 'through two Envoys, p90', measured: p90 },
          { label: 'through two Envoys, p99', measured: p99 },
          { label: 'without a mesh, p50', measured: withoutMesh },
        ],
      };
    },
  }),
  claim({
    id: 'fan-out-5',
    line: 'Five downstream calls cost 2.5–10 ms.',
    quote:
      'For a single request that fans out to five downstream services, you are spending 2.5–10ms on network latency alone',
    needs: ['fanOutOfFive'],
    judge: ({ fanOutOfFive: { sequential, parallel } }) => {
      const { low, high } = bounds(sequential);
      const inside = low >= 2.5 * MS && high <= 10 * MS;
      const gap = ratioOf(sequential, parallel, 'five calls one after the other ÷ five at once, p50');
      return {
        verdict: inside ? 'reproduced if' : 'not reproduced',
        because: `One after the other the five take ${duration(known(sequential))}, at once ${duration(known(parallel))}: a request that fans out pays the slowest call, not the sum.`,
        condition: inside ? 'the five calls are made one after the other' : null,
        values: [
          { label: 'sequential (sum)', measured: sequential },
          { label: 'parallel (maximum)', measured: parallel },
          { label: 'sum ÷ maximum', measured: gap },
        ],
      };
    },
  }),
  claim({
    id: '1000x',
    line: '2 ms becomes 0.002 ms per call, 1,000 times less.',
    quote: 'That is 2ms versus 0.002ms per call — a 1,000x improvement.',
    needs: ['baselineAndL1'],
    judge: ({ baselineAndL1: { baseline, l1 } }) => {
      const mean = ratioOf(baseline.read.mean, l1.read.mean, 'mean read, shared Redis ÷ in-process');
      const p50 = ratioOf(baseline.read.p50, l1.read.p50, 'p50 read, shared Redis ÷ in-process');
      const p99 = ratioOf(baseline.read.p99, l1.read.p99, 'p99 read, shared Redis ÷ in-process');
      const before = known(baseline.read.mean);
      const needed = hitRatioForSpeedup(1000, before, known(l1.hitMean), known(l1.missMean));
      const articles = hitRatioForSpeedup(1000, ARTICLE.beforeNs, ARTICLE.hitNs, ARTICLE.beforeNs)!;
      const reached = bounds(mean).low >= 1000;
      const hit = `at the measured hit ratio of ${exactPercent(known(l1.hitRatio))}`;
      return {
        verdict: reached ? 'reproduced' : needed === null ? 'not reproduced' : 'reproduced if',
        because: `The mean read is ${number(known(mean))} times lower ${hit}; p50 ${times(p50)}, p99 ${times(p99)}. Hits decide the median, misses the mean.`,
        condition: reached
          ? null
          : needed === null
            ? null
            : `the hit ratio is at least ${exactPercent(needed)} (with the article’s own 2 ms and 1.5 µs: ${exactPercent(articles)})`,
        values: [
          { label: 'mean, before ÷ after', measured: mean },
          { label: 'p50, before ÷ after', measured: p50 },
          { label: 'p99, before ÷ after', measured: p99 },
          { label: 'hit ratio', measured: l1.hitRatio },
          { label: 'mean read before', measured: baseline.read.mean },
          { label: 'mean read after', measured: l1.read.mean },
        ],
      };
    },
  }),
  claim({
    id: 'three-calls',
    line: 'Three calls: 6 ms becomes 0.006 ms per request.',
    quote: 'Across three downstream calls per request, the aggregate drops from 6ms to 0.006ms.',
    needs: ['baselineAndL1'],
    judge: ({ baselineAndL1: { baseline, l1, readsPerRequest, fanOut } }) => {
      const reads = ratioOf(
        baseline.readsOfRequest.mean,
        l1.readsOfRequest.mean,
        'all reads of a request, mean, before ÷ after',
      );
      const p99 = ratioOf(
        baseline.readsOfRequest.p99,
        l1.readsOfRequest.p99,
        'all reads of a request, p99, before ÷ after',
      );
      const request = ratioOf(baseline.request.mean, l1.request.mean, 'whole request, mean, before ÷ after');
      const allHit = known(l1.hitRatio) ** readsPerRequest;
      const needed = hitRatioForWholeRequests(0.99, readsPerRequest);
      const reached = bounds(reads).low >= 1000;
      // The most there is to gain, calls in turn: as many reads before as hits after.
      const allHits = known(baseline.read.mean) / known(l1.hitMean);
      const attainable = allHits >= 1000;
      return {
        verdict: reached ? 'reproduced' : attainable ? 'reproduced if' : 'not reproduced',
        because: `Reads were made ${fanOut === 'parallel' ? 'at once, so a request pays their maximum' : 'one after the other, so a request pays their sum'}. The reads of a request got ${number(known(reads))} times faster in the mean, ${times(p99)} at p99; the whole request ${number(known(request))} times. If reads hit independently, ${percent(allHit)} of the requests find all ${number(readsPerRequest)} reads in the cache. ${Number.isFinite(allHits) ? `If every read hit and calls ran one after the other, they would be ${number(allHits)} times faster.` : 'No read hit.'}`,
        condition:
          reached || !attainable
            ? null
            : `calls run one after the other and every one hits; for 99 % of the requests to pay no miss, the hit ratio must be ${exactPercent(needed)}`,
        values: [
          { label: 'reads of a request, mean, before ÷ after', measured: reads },
          { label: 'reads of a request, p99, before ÷ after', measured: p99 },
          { label: 'whole request, mean, before ÷ after', measured: request },
          { label: 'reads of a request before, mean', measured: baseline.readsOfRequest.mean },
          { label: 'reads of a request after, mean', measured: l1.readsOfRequest.mean },
        ],
      };
    },
  }),
  claim({
    id: '500,000x',
    line: 'Data access becomes 500,000 times faster.',
    quote: 'same deployment model, 500,000x faster data access',
    needs: ['arithmetic'],
    judge: () => {
      const before = ARTICLE.hitNs * 500_000;
      return {
        verdict: 'refuted by arithmetic',
        because: `The article’s own before and after, 2 ms and 0.002 ms, are ${number(ARTICLE.beforeNs / ARTICLE.afterNs)} times apart. 500,000 times needs a baseline of ${duration(before)} at its 1.5 µs, or a read of ${duration(ARTICLE.beforeNs / 500_000)} at its 2 ms.`,
        condition: null,
        values: [
          {
            label: 'the article’s before ÷ after',
            measured: computed(ARTICLE.beforeNs / ARTICLE.afterNs, 'times', '2 ms ÷ 0.002 ms'),
          },
          { label: 'baseline that 500,000× needs', measured: computed(before, 'ns', '500,000 × 1.5 µs') },
        ],
      };
    },
  }),
  claim({
    id: '300-s',
    line: 'At 50,000 requests per second the fleet saves 300 s of latency every second.',
    quote:
      'At 50,000 requests per second, the fleet saves 300 seconds of cumulative network latency every second.',
    needs: ['baselineAndL1'],
    judge: ({ baselineAndL1: { baseline, l1 } }) => {
      const { ratePerSecond, calls } = ARTICLE;
      const after = known(l1.read.mean);
      const saved = savedPerSecond(ratePerSecond, calls, known(baseline.read.mean), after);
      const articleMean = meanRead(known(l1.hitRatio), ARTICLE.hitNs, ARTICLE.beforeNs);
      const articles = savedPerSecond(ratePerSecond, calls, ARTICLE.beforeNs, articleMean);
      const needed = baselineForSaving(300, ratePerSecond, calls, after);
      const reached =
        savedPerSecond(ratePerSecond, calls, bounds(baseline.read.mean).low, bounds(l1.read.mean).high) >=
        300;
      const how = '50,000 requests/s × 3 calls × (mean read before − after), calls one after the other';
      return {
        verdict: reached ? 'reproduced' : 'reproduced if',
        because: `With the means measured here the sum is ${number(saved)} s per second; with the article’s 2 ms and 1.5 µs at the measured hit ratio of ${exactPercent(known(l1.hitRatio))}, ${number(articles)} s. 300 counts every call as a hit (299.8 s by its own numbers). It is latency of waiting callers, not CPU, and shrinks when calls run at once.`,
        condition: reached
          ? null
          : `the mean read before is at least ${duration(needed)} (measured: ${duration(known(baseline.read.mean))}) and calls run one after the other`,
        values: [
          {
            label: 'saved per second, measured means',
            measured: {
              ...computed(saved * 1e9, 'ns', how),
              n: baseline.read.mean.n,
              of: 'reads',
              emulated: baseline.read.mean.emulated || l1.read.mean.emulated,
            },
          },
          {
            label: 'saved per second, the article’s latencies at the measured hit ratio',
            measured: { ...computed(articles * 1e9, 'ns', how), n: l1.hitRatio.n, of: 'reads' },
          },
          { label: 'mean read before', measured: baseline.read.mean },
          { label: 'mean read after', measured: l1.read.mean },
        ],
      };
    },
  }),
];
