import { bytes, counted, duration, number, percent, ratioText, samples } from './format.ts';
import type { Comparison } from './summary/comparison.ts';
import type { Figure } from './summary/figure.ts';
import type { ScenarioSummary } from './summary/scenario.ts';
import type { Summary } from './summary.ts';

/** How a ratio reads aloud: below 1 as a speed-up. */
function inWords({ ratio, interval, pairs, verdict }: Comparison): string {
  const n = counted(pairs, 'pairs');
  if (ratio === null || interval === null) return `not comparable (${n})`;
  if (verdict === 'INCONCLUSIVE') {
    return `INCONCLUSIVE (${ratioText(ratio)}× the time, 95 % interval ${ratioText(interval.low)}–${ratioText(interval.high)}, ${n})`;
  }
  const [times, low, high] =
    verdict === 'faster'
      ? [1 / ratio, 1 / interval.high, 1 / interval.low]
      : [ratio, interval.low, interval.high];
  return `${ratioText(times)} times ${verdict} (95 % interval ${ratioText(low)}–${ratioText(high)}, ${n})`;
}

/** `lowest`: the scenario with the lowest ratio, be it beyond doubt or not. */
function requestSentence(summary: Summary, winner: string, lowest: Comparison): string {
  const of = (figure: string) =>
    summary.comparisons.find((one) => one.scenario === winner && one.figure === figure)!;
  const [p50, p99] = [of('request p50'), of('request p99')];
  const lead =
    p50.verdict !== 'faster'
      ? `No scenario answered requests faster than ${summary.baseline} beyond doubt; nearest was ${winner}`
      : lowest.scenario === winner
        ? `Against ${summary.baseline}, requests were fastest with ${winner}`
        : `Of the scenarios that answered requests faster than ${summary.baseline} beyond doubt, ${winner} was the fastest`;
  const lower =
    p50.verdict === 'faster' && lowest.scenario !== winner
      ? ` Lower still at the median was ${lowest.scenario}: ${inWords(lowest)}.`
      : '';
  return `${lead}: at the median ${inWords(p50)}, at p99 ${inWords(p99)}; emulated origin wait included in both.${lower}`;
}

/** A p99, or that there are too few samples for one. */
const orFew = ({ value }: Figure): string => (value === null ? 'too few to tell' : duration(value));

function readSentence(baseline: ScenarioSummary, winner: ScenarioSummary): string {
  const { read, hitRatio } = winner;
  if (read.p50.value === null || baseline.read.p50.value === null) return 'No reads were recorded.';
  return (
    `One read took ${duration(read.p50.value)} at the median with ${winner.name} ` +
    `(n = ${number(read.p50.n)} reads) against ${duration(baseline.read.p50.value)} with ${baseline.name} ` +
    `(n = ${number(baseline.read.p50.n)} reads), and ${orFew(read.p99)} against ` +
    `${orFew(baseline.read.p99)} at p99 (emulated origin wait included); ` +
    `${percent(hitRatio.value!)} of its reads were hits, against ${percent(baseline.hitRatio.value!)}.`
  );
}

function costSentence(baseline: ScenarioSummary, winner: ScenarioSummary): string {
  const stale =
    winner.staleRatio.value === null
      ? 'Staleness was not measured'
      : `${percent(winner.staleRatio.value)} of its reads were stale, against ${percent(baseline.staleRatio.value ?? 0)}`;
  const [ours, theirs] = [winner.memory, baseline.memory];
  if (ours === null || theirs === null || ours.pod.value === null || theirs.pod.value === null) {
    return `${stale}; memory was not measured.`;
  }
  return (
    `${winner.name} needs ${bytes(ours.pod.value)} a pod (${samples(ours.pod)}) against ${bytes(theirs.pod.value)}, ` +
    `for 200 pods ${bytes(ours.fleet.total.value!)} against ${bytes(theirs.fleet.total.value!)} in all; ${stale}.`
  );
}

/** The run's result in three sentences; one when there is nothing to compare. */
export function answer(summary: Summary): string[] {
  const baseline = summary.scenarios.find(({ name }) => name === summary.baseline);
  const ranked = summary.comparisons
    .filter(({ figure, ratio }) => figure === 'request p50' && ratio !== null)
    .sort((a, b) => a.ratio! - b.ratio!);
  const first = ranked.find(({ verdict }) => verdict === 'faster') ?? ranked[0];
  const winner = summary.scenarios.find(({ name }) => name === first?.scenario);
  if (baseline === undefined || winner === undefined || ranked[0] === undefined) {
    return ['Nothing to compare: the run has no two scenarios with valid blocks in the same round.'];
  }
  return [
    requestSentence(summary, winner.name, ranked[0]),
    readSentence(baseline, winner),
    costSentence(baseline, winner),
  ];
}
