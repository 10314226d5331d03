import type { Count, Ratio } from 'l1-cache';
import { median } from 'simple-statistics';
import type { Rng } from '../../scenarios/topology/topology.ts';
import { bootstrapIndices, bootstrapInterval, type Interval } from '../statistics/bootstrap.ts';
import { holm } from '../statistics/holm.ts';
import { signedRankTest } from '../statistics/wilcoxon.ts';
import { pool, statisticNs } from '../summary/latency.ts';
import { TIMED_METRICS, type TimedMetric } from './rules.ts';
import type { GatePair, GateSample } from './sample.ts';

/** How much slower one side is than the other, over pairs. Changes are shares: 0.1 is +10 %. */
export interface TimedChange {
  readonly metric: TimedMetric;
  /** Null without a pair. */
  readonly change: number | null;
  readonly interval: Interval | null;
  /** One-sided exact signed-rank p, Holm-adjusted over the metrics of the stage. */
  readonly p: Ratio;
  readonly n: Count;
}

interface Sides {
  readonly before: GateSample;
  readonly after: GateSample;
}

const asChange = (log: number): number => Math.exp(log) - 1;

/**
 * The median of the means of all pairs of samples (Hodges & Lehmann 1963): as deaf to outliers as a gate needs, and
 * a third more precise than the median. It is the estimate that belongs to the signed-rank test.
 */
function pseudomedian(samples: readonly number[]): number {
  const means: number[] = [];
  for (let i = 0; i < samples.length; i++) {
    for (let j = i; j < samples.length; j++) means.push((samples[i]! + samples[j]!) / 2);
  }
  return median(means);
}

function changeOf(metric: TimedMetric, sides: readonly Sides[], blockLength: Count, rng: Rng): TimedChange {
  const of = (sample: GateSample) => {
    if (metric === 'CPU per request') return sample.cpuPerRequestUs;
    return metric === 'request p50' ? sample.p50Ns : statisticNs(sample.latency, 'p99');
  };
  const usable = sides.filter(({ before, after }) => of(before) > 0 && of(after) > 0);
  if (usable.length === 0) return { metric, change: null, interval: null, p: 1, n: 0 };
  const logs = usable.map(({ before, after }) => Math.log(of(after) / of(before)));
  const p = signedRankTest(logs).pGreater;
  let log: number;
  let interval: Interval | null;
  if (metric === 'request p99') {
    // One block has too few requests beyond its p99; only merged blocks have a tail to compare.
    const before = pool(usable.map((pair) => pair.before.latency));
    const after = pool(usable.map((pair) => pair.after.latency));
    const pooled = (indices: readonly number[]) =>
      Math.log(statisticNs(after(indices), 'p99') / statisticNs(before(indices), 'p99'));
    log = pooled([...usable.keys()]);
    interval = bootstrapIndices(usable.length, pooled, { rng, resamples: 200, blockLength });
  } else {
    log = pseudomedian(logs);
    interval = bootstrapInterval(logs, pseudomedian, { rng, resamples: 1000, blockLength });
  }
  return {
    metric,
    change: asChange(log),
    interval: interval && { ...interval, low: asChange(interval.low), high: asChange(interval.high) },
    p,
    n: usable.length,
  };
}

function adjusted(changes: readonly TimedChange[]): TimedChange[] {
  const ps = holm(changes.map(({ p }) => p));
  return changes.map((change, i) => ({ ...change, p: ps[i]! }));
}

/** What the paired blocks of a stage say, before any rule is applied. */
export interface StageChanges {
  /** The head against the base. */
  readonly head: readonly TimedChange[];
  /** The second copy of the base against the base: zero, but for noise. Its tail is not looked at. */
  readonly control: readonly TimedChange[];
}

/** Measures the changes of a stage; the bootstraps are drawn from `rng`. */
export function stageChanges(pairs: readonly GatePair[], blockLength: Count, rng: Rng): StageChanges {
  const head = pairs.map(({ base, head }) => ({ before: base, after: head }));
  const control = pairs.flatMap((pair) =>
    pair.control === null ? [] : [{ before: pair.base, after: pair.control }],
  );
  const steady = TIMED_METRICS.filter((metric) => metric !== 'request p99');
  return {
    head: adjusted(TIMED_METRICS.map((metric) => changeOf(metric, head, blockLength, rng))),
    control: adjusted(steady.map((metric) => changeOf(metric, control, blockLength, rng))),
  };
}
