import type { Block } from '../../reports/schema.ts';
import { mergeEncoded } from '../../reports/statistics/histogram.ts';
import type { EncodedHistogram, PodBlock } from '../../scenarios/service/protocol.ts';

type PodPart = Pick<
  Block,
  | 'reads'
  | 'readsByOutcome'
  | 'allReadsNs'
  | 'readsOfRequestNs'
  | 'l1PerReadNs'
  | 'l1BatchNs'
  | 'timerCostNs'
  | 'staleReads'
  | 'staleAgeNs'
  | 'originServed'
  | 'redisCommands'
  | 'eventLoopDelayNs'
  | 'gcPauseNs'
  | 'prefetches'
  | 'coverage'
>;

/** Adds the recorders of all pods: counts are summed and histograms merged, percentiles never averaged. */
export function mergePods(pods: readonly PodBlock[]): PodPart {
  const merge = (of: (pod: PodBlock) => EncodedHistogram): EncodedHistogram => mergeEncoded(pods.map(of));
  const sum = (of: (pod: PodBlock) => number): number => pods.reduce((total, pod) => total + of(pod), 0);

  const outcomes = new Set(pods.flatMap((pod) => Object.keys(pod.readsByOutcome)));
  const readsByOutcome: Block['readsByOutcome'] = {};
  for (const outcome of outcomes) {
    readsByOutcome[outcome] = {
      count: sum((pod) => pod.readsByOutcome[outcome]?.count ?? 0),
      latencyNs: merge((pod) => pod.readsByOutcome[outcome]?.latencyNs ?? null),
    };
  }
  return {
    reads: Object.values(readsByOutcome).reduce((total, { count }) => total + count, 0),
    readsByOutcome,
    allReadsNs: merge((pod) => pod.allReadsNs),
    readsOfRequestNs: merge((pod) => pod.readsOfRequestNs),
    l1PerReadNs: merge((pod) => pod.l1PerReadNs),
    l1BatchNs: merge((pod) => pod.l1BatchNs),
    timerCostNs: pods.length === 0 ? 0 : sum((pod) => pod.timerCostNs) / pods.length,
    staleReads: sum((pod) => pod.staleReads),
    staleAgeNs: merge((pod) => pod.staleAgeNs),
    originServed: sum((pod) => pod.originServed),
    redisCommands: sum((pod) => pod.redisCommands),
    eventLoopDelayNs: merge((pod) => pod.eventLoopDelayNs),
    gcPauseNs: merge((pod) => pod.gcPauseNs),
    coverage: pods.every((pod) => pod.coverage === null)
      ? null
      : {
          hits: sum((pod) => pod.coverage?.hits ?? 0),
          misses: sum((pod) => pod.coverage?.misses ?? 0),
          shared: sum((pod) => pod.coverage?.shared ?? 0),
          bypass: sum((pod) => pod.coverage?.bypass ?? 0),
          faults: sum((pod) => pod.coverage?.faults ?? 0),
        },
    prefetches: pods.every((pod) => pod.prefetches === null)
      ? null
      : {
          timely: sum((pod) => pod.prefetches?.timely ?? 0),
          late: sum((pod) => pod.prefetches?.late ?? 0),
          unused: sum((pod) => pod.prefetches?.unused ?? 0),
          chainedMisses: sum((pod) => pod.chainedMisses.all),
          firstOfKind: sum((pod) => pod.chainedMisses.firstOfKind),
          ambiguous: sum((pod) => pod.chainedMisses.ambiguous),
          shortPause: sum((pod) => pod.chainedMisses.shortPause),
        },
  };
}
