import type { Bytes, Count } from 'l1-cache';
import type { Figure } from '../summary/figure.ts';

/** A figure that says how it was measured, one plain sentence. */
export interface Measured extends Figure {
  readonly how: string;
}

/** Latency of one level (reads or requests) under one scenario. */
export interface LevelLatency {
  readonly p50: Measured;
  readonly p99: Measured;
  readonly mean: Measured;
}

/** One scenario of a run, as far as claims need it. */
export interface ScenarioLatency {
  readonly scenario: string;
  readonly read: LevelLatency;
  /** All reads of one request together: their maximum when parallel, their sum when sequential. */
  readonly readsOfRequest: LevelLatency;
  readonly request: LevelLatency;
  readonly hitRatio: Measured;
  /** Mean of the reads that hit, and of those that went to the origin; null where there were none. */
  readonly hitMean: Measured | null;
  readonly missMean: Measured | null;
}

/**
 * Everything claims can ask for. The harness supplies what it could measure on the target at hand and leaves out
 * the rest; a claim whose measurement is left out is "not testable here". Times are nanoseconds.
 */
export interface Measurements {
  /** Nothing is measured: the article's own numbers decide. Always supplied. */
  readonly arithmetic: true;
  /** A hit as a request meets it in a service under load with every feature on; a bare `Map.get` beside it. */
  readonly inProcessRead: {
    /** Requests a second to each pod: the fewer, the colder the code and the processor caches that a hit meets. */
    readonly ratePerPod: number;
    readonly hit: Measured;
    readonly batch: Measured | null;
    readonly mapGet: Measured | null;
  };
  /** A hit in a Redis sidecar ÷ a hit in the library, both as a request meets them under load. */
  readonly hitUnderLoad: { readonly sidecarToLibrary: Measured };
  /**
   * One read at a time by a process that does nothing else: from Redis, from our own container-level cache, pooled
   * connections, p50; and from the library in that process.
   */
  readonly localhostRead: {
    readonly inProcess: Measured;
    readonly redisTcp: Measured;
    readonly redisUnix: Measured;
    readonly containerTcp: Measured;
    readonly containerUnix: Measured;
  };
  /** Ten lookups as one task, p50. */
  readonly tenLookups: {
    readonly sequential: Measured;
    readonly concurrent: Measured;
    readonly mget: Measured;
    readonly inProcess: Measured;
  };
  /** One call between two pods through two Envoys with mutual TLS, and without them; no origin wait. */
  readonly meshRoundTrip: {
    readonly p50: Measured;
    readonly p90: Measured;
    readonly p99: Measured;
    readonly withoutMesh: Measured;
  };
  /** Five downstream calls through the mesh by one request, p50; no origin wait. */
  readonly fanOutOfFive: { readonly sequential: Measured; readonly parallel: Measured };
  /** The baseline (shared Redis) and the in-process cache in the same run. */
  readonly baselineAndL1: {
    readonly baseline: ScenarioLatency;
    readonly l1: ScenarioLatency;
    readonly readsPerRequest: number;
    readonly fanOut: 'parallel' | 'sequential';
  };
  /** Bytes a pod needs per payload byte it caches. */
  readonly memoryPerPayload: { readonly redisSidecar: Measured; readonly l1: Measured };
  /** A Redis filled with more than its limit, once with `maxmemory` and an eviction policy, once without. */
  readonly redisGrowth: {
    readonly offeredBytes: Bytes;
    readonly limitBytes: Bytes;
    readonly usedWithLimit: Measured;
    readonly usedWithoutLimit: Measured;
  };
  /** Hit ratio after pods are born empty, per scenario that caches; `redis-sidecar` is among them. */
  readonly coldStarts: readonly {
    readonly scenario: string;
    readonly firstInterval: Measured;
    /** Where it had come to at the end of the warm-up. */
    readonly steady: Measured;
    /** Time until 95 % of the steady hit ratio; null value when it was not reached. */
    readonly timeTo95: Measured;
  }[];
  /** Envoy's own HTTP cache filter in front of the origin. */
  readonly envoyCache: {
    /** Share of repeated GETs that Envoy answered, so that the rest of the row means anything. */
    readonly hitRatioOfWholeObjects: Measured;
    /** Share of requests for a part of a cached object that Envoy answered. */
    readonly hitRatioOfParts: Measured;
    /** Share of first requests that were hits: prediction would show here. */
    readonly hitRatioOfFirstRequests: Measured;
    /** Share of reads after a change, within the TTL, that still got the old value. */
    readonly staleAfterChange: Measured;
  };
  /** The unmodified service program with only its environment changed. */
  readonly transparentReads: {
    readonly sameProgramBytes: boolean;
    readonly clients: readonly {
      readonly client: 'fetch' | 'undici.request' | 'redis' | 'ioredis' | 'grpc';
      readonly hit: Measured;
      readonly miss: Measured;
    }[];
  };
  /** A hit by reference against one that copies; whether a caller's change shows to the next caller. */
  readonly copyCost: {
    readonly reference: Measured;
    readonly structuredClone: Measured;
    readonly mutationReachesNextCaller: boolean;
  };
  /** Session names a user whose profile is read within 50 ms, in the mesh. */
  readonly prewarming: {
    readonly coverage: Measured;
    readonly inTime: Measured;
    readonly accuracy: Measured;
    /** Origin fetches with prediction ÷ without. */
    readonly originFetches: Measured;
  };
  /** Concurrent readers of one key at the moment it expires. */
  readonly stampede: {
    readonly readersPerPod: Count;
    readonly pods: Count;
    readonly originLoadsOnePod: Measured;
    readonly originLoadsAllPods: Measured;
  };
  /** TTLs learned from generated mutation schedules, judged against ground truth. */
  readonly learnedTtl: {
    /** In nanoseconds, like every duration here. */
    readonly weeklyFlag: Measured;
    readonly perSecondPrice: Measured;
    readonly stalePriceHits: Measured;
  };
  /** Time until a moved hot set is at 95 % of the steady hit ratio. */
  readonly hotSetShift: { readonly shared: Measured; readonly alone: Measured; readonly ratePerPod: number };
  /** One cold pod in its fixed budget. */
  readonly coldPod: {
    readonly timeTo95: Measured;
    readonly budgetBytes: Bytes;
    readonly peakCacheBytes: Measured;
  };
  /** What a hit and a miss leave behind in the mesh. */
  readonly meshTelemetry: {
    /** Share of misses that went over mutual TLS, by Envoy's own counters. */
    readonly missesOverMutualTls: Measured;
    /** Proxy requests per hit. */
    readonly proxyRequestsPerHit: Measured;
    /** Spans of our own per hit. */
    readonly ownSpansPerHit: Measured;
  };
  /** An unmodified workload on a real cluster, injected by the webhook. */
  readonly clusterInjection: {
    readonly cluster: 'kind' | 'eks';
    readonly podsInjected: Measured;
    readonly imageUnchanged: boolean;
    readonly hitRatio: Measured;
  };
  /** The environment of the article, stood up. */
  readonly articleEnvironment: {
    readonly cluster: 'kind' | 'eks';
    readonly services: Count;
    readonly istioVersion: string;
    readonly readsPerRequest: number;
    readonly ratePerSecond: number;
    readonly elastiCache: boolean;
  };
}

export type MeasurementKind = keyof Measurements;

/** Where a measurement can be made, and the flag that takes it there. */
export const MEASURED_ON: Readonly<Record<MeasurementKind, 'anywhere' | 'cluster'>> = {
  arithmetic: 'anywhere',
  inProcessRead: 'anywhere',
  hitUnderLoad: 'anywhere',
  localhostRead: 'anywhere',
  tenLookups: 'anywhere',
  meshRoundTrip: 'anywhere',
  fanOutOfFive: 'anywhere',
  baselineAndL1: 'anywhere',
  memoryPerPayload: 'anywhere',
  redisGrowth: 'anywhere',
  coldStarts: 'anywhere',
  envoyCache: 'anywhere',
  transparentReads: 'anywhere',
  copyCost: 'anywhere',
  prewarming: 'anywhere',
  stampede: 'anywhere',
  learnedTtl: 'anywhere',
  hotSetShift: 'anywhere',
  coldPod: 'anywhere',
  meshTelemetry: 'anywhere',
  clusterInjection: 'cluster',
  articleEnvironment: 'cluster',
};

/** What the harness hands over: what it could measure, and why it could not measure the rest. */
export interface Supplied {
  readonly measurements: Partial<Measurements> & { readonly arithmetic: true };
  /** Why a measurement is missing, in words: "needs Envoy, which this machine has not". */
  readonly missing: Partial<Record<MeasurementKind, string>>;
}

/** A plain value that is not a sample of anything, for a row's arithmetic. */
export function computed(value: number, unit: Figure['unit'], how: string): Measured {
  return { value, unit, n: 1, of: 'samples', interval: null, emulated: false, how };
}

/**
 * a ÷ b with an interval that takes the worst of both: wider than a paired interval would be, never narrower.
 */
export function ratioOf(a: Measured, b: Measured, how: string): Measured {
  const known = a.value !== null && b.value !== null && b.value > 0;
  return {
    value: known ? a.value! / b.value! : null,
    unit: 'times',
    n: Math.min(a.n, b.n),
    of: a.of,
    interval:
      known && a.interval && b.interval && b.interval.low > 0
        ? {
            low: a.interval.low / b.interval.high,
            high: a.interval.high / b.interval.low,
            confidence: a.interval.confidence,
          }
        : null,
    emulated: a.emulated || b.emulated,
    how,
  };
}

/** The least the true value may be, and the most: the interval's ends, or the value where there is none. */
export function bounds({ value, interval }: Measured): { low: number; high: number } {
  const only = value ?? Number.NaN;
  return { low: interval?.low ?? only, high: interval?.high ?? only };
}
