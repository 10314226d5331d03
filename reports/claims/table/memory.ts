import { bytes, duration, number, percent } from '../../format.ts';
import { type Claim, claim } from '../claim.ts';
import { bounds, computed } from '../measurements.ts';

/** The article counts in powers of ten. */
const GB = 1e9;
const PODS = 200;
const HOT_SET_BYTES = 500e6;
const MINUTES_NS = 5 * 60e9;

/** What caches in pods cost, and whether they keep to it. */
export const memoryClaims: readonly Claim[] = [
  claim({
    id: '100-gb',
    line: '200 pods with 500 MB of Redis each hold 100 GB of redundant copies.',
    quote:
      'If you have 200 pods and each caches the same hot dataset of 500MB, you are consuming 100GB of cluster memory for redundant copies.',
    needs: ['memoryPerPayload'],
    judge: ({ memoryPerPayload: { redisSidecar, l1 } }) => {
      const fleet = (perByte: number) => (PODS * HOT_SET_BYTES * perByte) / GB;
      const redis = fleet(redisSidecar.value ?? Number.NaN);
      const ours = fleet(l1.value ?? Number.NaN);
      const how = '200 pods × 500 MB × measured bytes per payload byte';
      return {
        verdict: redis >= 100 ? 'reproduced' : 'not reproduced',
        because: `By the measured cost of a payload byte, Redis sidecars need ${number(redis)} GB for it. The same sum for a cache in the process is ${number(ours)} GB: the copies are as redundant in either, so this is no argument for one against the other. At the article’s own 128–512 MB a pod the fleet holds 25.6–102.4 GB.`,
        condition: null,
        values: [
          { label: 'Redis sidecar, bytes per payload byte', measured: redisSidecar },
          { label: 'in-process cache, bytes per payload byte', measured: l1 },
          {
            label: '200 Redis sidecars',
            measured: { ...computed(redis * GB, 'bytes', how), n: redisSidecar.n, of: redisSidecar.of },
          },
          {
            label: '200 in-process caches',
            measured: { ...computed(ours * GB, 'bytes', how), n: l1.n, of: l1.of },
          },
        ],
      };
    },
  }),
  claim({
    id: 'redis-grows',
    line: 'Redis sidecars grow unpredictably.',
    quote: 'This is explicit and bounded, unlike Redis sidecars that grow unpredictably.',
    needs: ['redisGrowth'],
    judge: ({ redisGrowth: { offeredBytes, limitBytes, usedWithLimit, usedWithoutLimit } }) => {
      const bounded = bounds(usedWithLimit).high <= 1.1 * limitBytes;
      const grew = bounds(usedWithoutLimit).low > 1.1 * limitBytes;
      return {
        verdict: bounded ? (grew ? 'reproduced if' : 'not reproduced') : 'reproduced',
        because: `Offered ${bytes(offeredBytes)}, a Redis with maxmemory ${bytes(limitBytes)} and an eviction policy used ${bytes(usedWithLimit.value ?? Number.NaN)}; without a limit ${bytes(usedWithoutLimit.value ?? Number.NaN)}.`,
        condition: bounded && grew ? 'maxmemory is not set' : null,
        values: [
          { label: 'used_memory with maxmemory', measured: usedWithLimit },
          { label: 'used_memory without', measured: usedWithoutLimit },
        ],
      };
    },
  }),
  claim({
    id: 'working-set',
    line: 'The cache holds its working set in a fixed 128–512 MB, within minutes of pod start.',
    quote:
      'Each pod allocates a fixed amount of memory for L1 caching — typically 128–512MB … the working set converges to the optimal subset within minutes of pod startup.',
    needs: ['coldPod'],
    judge: ({ coldPod: { timeTo95, budgetBytes, peakCacheBytes } }) => {
      const inTime = timeTo95.value !== null && bounds(timeTo95).high <= MINUTES_NS;
      const inBudget = bounds(peakCacheBytes).high <= budgetBytes;
      return {
        verdict: inTime && inBudget ? 'reproduced' : 'not reproduced',
        because: `A cold pod reached 95 % of its steady hit ratio ${timeTo95.value === null ? 'at no time during the measurement' : `in ${duration(timeTo95.value)}`}; the cache charged at most ${bytes(peakCacheBytes.value ?? Number.NaN)} of its ${bytes(budgetBytes)} (${percent((peakCacheBytes.value ?? 0) / budgetBytes)}).`,
        condition: null,
        values: [
          { label: 'time to 95 % of the steady hit ratio', measured: timeTo95 },
          { label: 'most bytes charged', measured: peakCacheBytes },
        ],
      };
    },
  }),
];
