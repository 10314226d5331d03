import type { Bytes, Count, Ratio } from 'l1-cache';
import { mean, sum } from 'simple-statistics';
import type { Rng } from '../../scenarios/topology/topology.ts';
import type { MemoryReading } from '../schema.ts';
import { bootstrapInterval } from '../statistics/bootstrap.ts';
import { type Figure, meanOverPods, missing } from './figure.ts';

/** The lines of a pod's balance sheet may differ from the kernel's total by this much. */
export const BALANCE_LIMIT: Ratio = 0.02;
/** The fleet every scenario is scaled to, the article's. */
export const FLEET_PODS = 200;

const PARTS = ['application', 'proxy', 'redis', 'cache'] as const;
type Part = (typeof PARTS)[number];

export interface MemorySummary {
  readonly method: string;
  readonly parts: Readonly<Record<Part, Figure>>;
  readonly pod: Figure;
  /** Mean over pods of every line of the balance sheet. */
  readonly lines: readonly { readonly part: Part; readonly line: string; readonly bytes: Bytes }[];
  /** |sum of lines − kernel's total| / total of the pod where it is worst. */
  readonly balance: { readonly worstGapRatio: Ratio; readonly closes: boolean; readonly n: Count };
  /** Servers that all pods share. */
  readonly sharedBytes: Bytes;
  /** In the pods that were read and in the shared servers. */
  readonly entries: Count;
  readonly payloadBytes: Bytes;
  /** Bytes the whole mesh holds beyond what it holds without a cache, per payload byte cached. */
  readonly addedPerPayloadByte: Figure;
  /** Bytes the cache itself charges for one payload byte. */
  readonly chargedPerPayloadByte: Figure;
  /** The same of one process and one Redis before and after a known payload: the cleanest of the three. */
  readonly filledPerPayloadByte: Figure;
  /** What 200 such pods need, shared servers once. */
  readonly fleet: {
    readonly pods: Count;
    readonly parts: Readonly<Record<Part, Bytes>>;
    readonly total: Figure;
  };
}

type Pod = MemoryReading['pods'][number];

const podTotal = (pod: Pod): Bytes => sum(PARTS.map((part) => pod.totals[part]));

function balanceOf(pods: readonly Pod[]): MemorySummary['balance'] {
  const gaps = pods.map((pod) => {
    const total = podTotal(pod);
    return total === 0 ? 1 : Math.abs(sum(pod.lines.map(({ bytes }) => bytes)) - total) / total;
  });
  const worstGapRatio = gaps.length === 0 ? 1 : Math.max(...gaps);
  return { worstGapRatio, closes: worstGapRatio <= BALANCE_LIMIT, n: gaps.length };
}

function meanLines(pods: readonly Pod[]): MemorySummary['lines'] {
  const byName = new Map<string, { part: Part; line: string; bytes: Bytes }>();
  for (const { part, line, bytes } of pods.flatMap((pod) => pod.lines)) {
    const key = `${part}/${line}`;
    const seen = byName.get(key) ?? { part, line, bytes: 0 };
    byName.set(key, { ...seen, bytes: seen.bytes + bytes / pods.length });
  }
  return [...byName.values()].sort(
    (a, b) => PARTS.indexOf(a.part) - PARTS.indexOf(b.part) || b.bytes - a.bytes,
  );
}

/**
 * Everything a mesh holds, over the mesh without a cache, per payload byte; the same rule for every scenario. Where
 * only some pods were read, they stand for all, because what shared servers hold is for all.
 * Pods are paired by service. No value when the interval reaches zero: the caches were then too small, or the two
 * deployments too different, for their difference to mean anything.
 */
function addedPerPayloadByte(
  reading: MemoryReading,
  noCache: MemoryReading | undefined,
  services: Count,
  rng: Rng,
): Figure {
  const payload = meshTotal(reading, services, payloadOf, payloadOf);
  if (noCache === undefined || payload === 0) return missing('bytes/byte', 'pods');
  const added = reading.pods.flatMap((pod) => {
    const twin = noCache.pods.find(({ service }) => service === pod.service);
    return twin === undefined ? [] : [podTotal(pod) - podTotal(twin)];
  });
  const shared =
    sum(reading.shared.map(({ bytes }) => bytes)) - sum(noCache.shared.map(({ bytes }) => bytes));
  const perByte = (drawn: readonly number[]) => (mean([...drawn]) * services + shared) / payload;
  if (added.length === 0) return missing('bytes/byte', 'pods');
  const interval = bootstrapInterval(added, perByte, { rng, resamples: 1000 });
  if (interval === null || interval.low <= 0) return missing('bytes/byte', 'pods');
  return {
    value: perByte(added),
    unit: 'bytes/byte',
    n: added.length,
    of: 'pods',
    interval,
    emulated: false,
  };
}

function filledPerPayloadByte({ filled }: MemoryReading): Figure {
  if (filled === null || filled.payloadBytes === 0) return missing('bytes/byte', 'entries');
  // What grew by less than half of the payload has not kept it: a scenario without a cache.
  if (filled.fullBytes - filled.emptyBytes < filled.payloadBytes / 2) return missing('bytes/byte', 'entries');
  return {
    value: (filled.fullBytes - filled.emptyBytes) / filled.payloadBytes,
    unit: 'bytes/byte',
    n: filled.entries,
    of: 'entries',
    interval: null,
    emulated: false,
  };
}

function chargedPerPayloadByte(reading: MemoryReading, services: Count): Figure {
  const payload = meshTotal(reading, services, payloadOf, payloadOf);
  if (payload === 0) return missing('bytes/byte', 'pods');
  const charged = meshTotal(
    reading,
    services,
    ({ chargedBytes }) => chargedBytes,
    // A Redis that only carries signals between pods holds no values: its buffers are not charged for any.
    ({ usedMemoryBytes, payloadBytes }) => (payloadBytes > 0 ? usedMemoryBytes : 0),
  );
  return {
    value: charged / payload,
    unit: 'bytes/byte',
    n: reading.pods.length,
    of: 'pods',
    interval: null,
    emulated: false,
  };
}

const payloadOf = ({ payloadBytes }: { readonly payloadBytes: Bytes }): Bytes => payloadBytes;

/** Of all pods of the mesh, by the mean of those that were read, and of the servers that they share. */
function meshTotal(
  { pods, shared }: MemoryReading,
  services: Count,
  ofPod: (pod: Pod) => Bytes,
  ofServer: (server: MemoryReading['shared'][number]) => Bytes,
): Bytes {
  return (pods.length === 0 ? 0 : services * mean(pods.map(ofPod))) + sum(shared.map(ofServer));
}

/**
 * One scenario's memory in a mesh of `services` pods; `noCache` is the reading of the mesh without a cache, when the
 * run has one.
 */
export function summariseMemory(
  reading: MemoryReading,
  noCache: MemoryReading | undefined,
  services: Count,
  rng: Rng,
): MemorySummary {
  const { pods, shared, method } = reading;
  const of = (part: Part) => pods.map((pod) => pod.totals[part]);
  const sharedBytes = sum(shared.map(({ bytes }) => bytes));
  const pod = meanOverPods(pods.map(podTotal), 'bytes', rng);
  const scaled = (part: Part) => (pods.length === 0 ? 0 : FLEET_PODS * mean(of(part)));
  const grow = (bytes: Bytes) => FLEET_PODS * bytes + sharedBytes;
  return {
    method,
    parts: {
      application: meanOverPods(of('application'), 'bytes', rng),
      proxy: meanOverPods(of('proxy'), 'bytes', rng),
      redis: meanOverPods(of('redis'), 'bytes', rng),
      cache: meanOverPods(of('cache'), 'bytes', rng),
    },
    pod,
    lines: meanLines(pods),
    balance: balanceOf(pods),
    sharedBytes,
    entries: sum([...pods, ...shared].map(({ entries }) => entries)),
    payloadBytes: sum([...pods, ...shared].map(payloadOf)),
    addedPerPayloadByte: addedPerPayloadByte(reading, noCache, services, rng),
    chargedPerPayloadByte: chargedPerPayloadByte(reading, services),
    filledPerPayloadByte: filledPerPayloadByte(reading),
    fleet: {
      pods: FLEET_PODS,
      parts: {
        application: scaled('application'),
        proxy: scaled('proxy'),
        redis: scaled('redis'),
        cache: scaled('cache'),
      },
      total: {
        ...pod,
        value: pod.value === null ? null : grow(pod.value),
        interval: pod.interval && {
          ...pod.interval,
          low: grow(pod.interval.low),
          high: grow(pod.interval.high),
        },
      },
    },
  };
}
