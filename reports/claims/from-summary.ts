import { type Figure, missing } from '../summary/figure.ts';
import type { LatencyFigures } from '../summary/latency.ts';
import type { MemorySummary } from '../summary/memory.ts';
import type { ScenarioSummary } from '../summary/scenario.ts';
import type { Summary } from '../summary.ts';
import type { LevelLatency, Measured, Measurements, ScenarioLatency } from './measurements.ts';

const as = (figure: Figure, how: string): Measured => ({ ...figure, how });

function level({ p50, p99, mean }: LatencyFigures, how: string): LevelLatency {
  return { p50: as(p50, how), p99: as(p99, how), mean: as(mean, how) };
}

function latencyOf(scenario: ScenarioSummary): ScenarioLatency {
  const run = `interleaved blocks of scenario ${scenario.name}, open loop`;
  const outcome = (name: string) =>
    scenario.outcomes.find((one) => one.outcome === name)?.latency.mean ?? null;
  const hit = outcome('l1') ?? outcome('redis');
  const miss = outcome('origin');
  return {
    scenario: scenario.name,
    read: level(scenario.read, `all reads; ${run}`),
    readsOfRequest: level(scenario.readsOfRequest, `all reads of a request together; ${run}`),
    request: level(scenario.request, `request from its scheduled arrival; ${run}`),
    hitRatio: as(scenario.hitRatio, `reads that did not ask the origin; ${run}`),
    hitMean: hit && as(hit, `reads that hit; ${run}`),
    missMean: miss && as(miss, `reads that went to the origin; ${run}`),
  };
}

/** Null for a scenario that hits nothing at the end either: what keeps nothing has no cold start. */
function coldStartOf(scenario: ScenarioSummary): Measurements['coldStarts'][number] | null {
  const points = scenario.coldStart?.points ?? [];
  const first = points[0];
  if (first === undefined) return null;
  const last = points.slice(-Math.ceil(points.length / 4));
  const reads = last.reduce((sum, point) => sum + point.reads, 0);
  const steady = last.reduce((sum, point) => sum + point.hitRatio * point.reads, 0) / reads;
  if (steady === 0) return null;
  const reached = points.find(({ hitRatio }) => hitRatio >= 0.95 * steady);
  return {
    scenario: scenario.name,
    firstInterval: {
      ...missing('ratio', 'reads'),
      value: first.hitRatio,
      n: first.reads,
      how: `reads of the first ${first.tMs} ms after the pods were born empty`,
    },
    steady: {
      ...missing('ratio', 'reads'),
      value: steady,
      n: reads,
      how: 'reads of the last quarter of the series',
    },
    timeTo95: {
      ...missing('ns', 'samples'),
      value: reached === undefined ? null : reached.tMs * 1e6,
      n: points.length,
      how: 'first interval at 95 % of the hit ratio of the last quarter of the series',
    },
  };
}

/** The ways to tell what a payload byte costs, the cleanest first. */
const PER_PAYLOAD: readonly [(memory: MemorySummary) => Figure, string][] = [
  [
    ({ filledPerPayloadByte }) => filledPerPayloadByte,
    'growth of one process and one Redis ÷ payload bytes loaded on top of others',
  ],
  [
    ({ addedPerPayloadByte }) => addedPerPayloadByte,
    'memory of all pods less that of the mesh without a cache ÷ payload bytes cached',
  ],
  [({ chargedPerPayloadByte }) => chargedPerPayloadByte, 'bytes the cache charges ÷ payload bytes it holds'],
];

/** What a payload byte costs, told in the same way of both; null where the run has not the memory of both. */
function perPayloadOf(
  redisSidecar: MemorySummary | null,
  l1: MemorySummary | null,
): Measurements['memoryPerPayload'] | null {
  if (redisSidecar === null || l1 === null) return null;
  const [figure, how] =
    PER_PAYLOAD.find(([of]) => of(redisSidecar).value !== null && of(l1).value !== null) ?? PER_PAYLOAD[0]!;
  return { redisSidecar: as(figure(redisSidecar), how), l1: as(figure(l1), how) };
}

/** The measurements that an ordinary run holds already. */
export function measurementsFrom(summary: Summary): Partial<Measurements> {
  const find = (name: string) => summary.scenarios.find((scenario) => scenario.name === name);
  const [baseline, l1, sidecar] = [find('shared-redis'), find('in-process-l1'), find('redis-sidecar')];
  const coldStarts = summary.scenarios.map(coldStartOf).filter((start) => start !== null);
  const underLoad = summary.libraryHits.find(
    ({ redis, timing }) => redis === 'redis-sidecar' && timing === 'as a request meets it',
  );
  const memoryPerPayload = perPayloadOf(sidecar?.memory ?? null, l1?.memory ?? null);
  return {
    ...(l1 === undefined
      ? {}
      : {
          inProcessRead: {
            ratePerPod: summary.settings.ratePerSecond / summary.settings.services,
            hit: as(
              l1.l1PerRead.p50,
              'hits of one request between two clock readings, in the mesh under load',
            ),
            batch: as(l1.l1Batch.p50, 'the same keys in batches of 128 at the end of a block'),
            mapGet: null,
          },
        }),
    ...(underLoad === undefined
      ? {}
      : {
          hitUnderLoad: {
            sidecarToLibrary: {
              ...missing('times', 'pairs'),
              value: underLoad.times,
              n: underLoad.pairs,
              interval: underLoad.interval,
              how: 'a hit in redis-sidecar ÷ a hit in in-process-l1, p50 of each block, as a request meets them in the mesh under load; pairs of blocks of one round',
            },
          },
        }),
    ...(baseline === undefined || l1 === undefined
      ? {}
      : {
          baselineAndL1: {
            baseline: latencyOf(baseline),
            l1: latencyOf(l1),
            readsPerRequest: summary.settings.fanOutMean,
            fanOut: summary.settings.fanOut,
          },
        }),
    ...(memoryPerPayload === null ? {} : { memoryPerPayload }),
    ...(coldStarts.some((start) => start.scenario === 'redis-sidecar') ? { coldStarts } : {}),
  };
}
