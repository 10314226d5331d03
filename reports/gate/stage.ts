import type { Count } from 'l1-cache';
import { number, percent } from '../format.ts';
import type { Interval } from '../statistics/bootstrap.ts';
import type { GateRules, TimedMetric } from './rules.ts';
import { EXACT_METRICS, type ExactCount, type ExactMetric, type GateStage } from './sample.ts';
import type { StageChanges, TimedChange } from './timed.ts';

type MetricOutcome = 'pass' | 'improved' | 'regressed' | 'inconclusive';

/** One metric of one stage. Changes are shares of the base: 0.1 is +10 %. */
export interface MetricVerdict {
  readonly metric: ExactMetric | TimedMetric;
  readonly kind: 'exact' | 'timed';
  readonly outcome: MetricOutcome;
  readonly because: string;
  readonly change: number | null;
  readonly interval: Interval | null;
  readonly n: Count;
}

export interface StageVerdict {
  readonly metrics: readonly MetricVerdict[];
  readonly pairs: Count;
  /** Why the control says that this machine cannot be believed; empty when it can. */
  readonly controlFailures: readonly string[];
}

const higherIsBetter = (metric: ExactMetric): boolean => metric === 'hit ratio';

/** A change as a signed percentage. */
export function signed(change: number): string {
  return `${change >= 0 ? '+' : '−'}${percent(Math.abs(change))}`;
}

function judgeExact(
  metric: ExactMetric,
  base: ExactCount | undefined,
  head: ExactCount | undefined,
  control: ExactCount | undefined,
): MetricVerdict {
  const verdict = (outcome: MetricOutcome, because: string, change: number | null = null): MetricVerdict => ({
    metric,
    kind: 'exact',
    outcome,
    because,
    change,
    interval: null,
    n: Math.min(base?.n ?? 0, head?.n ?? 0),
  });
  if (base === undefined || head === undefined || base.n === 0 || head.n === 0) {
    return verdict('inconclusive', 'no samples; a metric without samples never passes');
  }
  if (!Number.isFinite(base.value) || !Number.isFinite(head.value)) {
    return verdict('inconclusive', 'not a number');
  }
  if (control === undefined || control.n === 0) {
    return verdict(
      'inconclusive',
      'the second copy of the base has no count to tell whether this one is exact',
    );
  }
  if (control.value !== base.value) {
    return verdict(
      'inconclusive',
      `not exact here: the second copy of the base gives ${number(control.value)} against ${number(base.value)}`,
    );
  }
  const change = base.value === 0 ? (head.value === 0 ? 0 : null) : head.value / base.value - 1;
  const seen = `${number(head.value)} against ${number(base.value)}`;
  if (head.value === base.value) return verdict('pass', `unchanged, ${seen}`, change);
  const worse = higherIsBetter(metric) ? head.value < base.value : head.value > base.value;
  return verdict(worse ? 'regressed' : 'improved', seen, change);
}

function judgeTimed({ metric, change, interval, p, n }: TimedChange, rules: GateRules): MetricVerdict {
  const verdict = (outcome: MetricOutcome, because: string): MetricVerdict => ({
    metric,
    kind: 'timed',
    outcome,
    because,
    change,
    interval,
    n,
  });
  if (change === null || n === 0) {
    return verdict('inconclusive', 'no samples; a metric without samples never passes');
  }
  if (n < rules.minPairs || interval === null) {
    return verdict('inconclusive', `${n} pairs, ${rules.minPairs} are needed`);
  }
  const tolerance = rules.tolerance[metric];
  if (interval.low > 0 && change >= tolerance && p <= rules.alpha) {
    return verdict(
      'regressed',
      `${signed(change)}, at least ${signed(interval.low)}; exact p = ${number(p)}`,
    );
  }
  const exclude = rules.mustExclude[metric];
  if (exclude !== null && interval.high > exclude) {
    return verdict(
      'inconclusive',
      `too noisy to rule out ${signed(exclude)}: the interval reaches ${signed(interval.high)}`,
    );
  }
  if (interval.high < 0 && change <= -tolerance) return verdict('improved', signed(change));
  return verdict(
    'pass',
    `${signed(change)}, within the tolerance of ${signed(tolerance)} or not beyond doubt`,
  );
}

function controlFailures(control: readonly TimedChange[], rules: GateRules): string[] {
  if (control.every(({ n }) => n < rules.minPairs)) return ['the A/A control has too few pairs'];
  return control
    .filter(({ change, interval }) => {
      if (change === null || interval === null) return false;
      const excludesZero = interval.low > 0 || interval.high < 0;
      return excludesZero && Math.abs(change) >= rules.controlTolerance;
    })
    .map(
      ({ metric, change }) =>
        `A/A control: ${metric} differs by ${signed(change!)} between two copies of the base`,
    );
}

/** Judges one stage, metric by metric: exact counts first, then CPU, then latency. */
export function judgeStage(stage: GateStage, changes: StageChanges, rules: GateRules): StageVerdict {
  const { base, head, control } = stage.exact;
  return {
    metrics: [
      ...EXACT_METRICS.map((metric) => judgeExact(metric, base[metric], head[metric], control[metric])),
      ...changes.head.map((change) => judgeTimed(change, rules)),
    ],
    pairs: stage.pairs.length,
    controlFailures: controlFailures(changes.control, rules),
  };
}
