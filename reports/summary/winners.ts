import { SCENARIOS } from '../../scenarios/catalogue.ts';
import type { Summary } from '../summary.ts';
import type { ComparedFigure } from './comparison.ts';
import type { Figure } from './figure.ts';
import { type TableRow, tableRows } from './figures.ts';

/** Who is best in one figure of the comparison table, and whether that is beyond doubt. */
export interface Winner {
  readonly group: TableRow['group'];
  readonly name: string;
  readonly scenario: string;
  readonly made: 'ours' | 'others';
  readonly figure: Figure;
  /** The best of the other camp, ours against the rest; the second where there is only one camp. */
  readonly next: Ranked;
  /**
   * `clear`: the two were compared in pairs and the verdict is for the best, or, where they were not, their intervals
   * do not meet. `no interval`: measured once, so nothing tells. Otherwise the order may be chance.
   */
  readonly margin: 'clear' | 'within noise' | 'no interval';
}

/** The figures worth winning; all are better when lower, but for the hit ratio. */
const CONTESTS: readonly [TableRow['group'], string][] = [
  ['Latency', 'request p50'],
  ['Latency', 'request p99'],
  ['Latency', 'request mean'],
  ['Latency', 'read p50'],
  ['Latency', 'read p99'],
  ['Latency', 'read mean'],
  ['Hits and freshness', 'hit ratio'],
  ['Hits and freshness', 'stale reads'],
  ['Work per request', 'CPU of all parts'],
  ['Work per request', 'CPU application'],
  ['Work per request', 'origin calls'],
  ['Memory', 'pod'],
  ['Memory', 'per payload byte, filled'],
  ['Memory', '200 pods, extrapolated'],
];

/** Under what name a figure was compared in pairs, where that is another. */
const PAIRED_AS: Readonly<Record<string, ComparedFigure>> = { 'CPU of all parts': 'CPU per request' };

interface Ranked {
  readonly scenario: string;
  readonly figure: Figure;
}

function apart(a: Figure, b: Figure): boolean {
  if (a.interval === null || b.interval === null) return false;
  return a.interval.high < b.interval.low || b.interval.high < a.interval.low;
}

/** Whose a scenario is; one that the catalogue does not know is not ours. */
function madeBy(scenario: string): Winner['made'] {
  return SCENARIOS.find(({ name }) => name === scenario)?.made ?? 'others';
}

/** Whom the best stands beside: the best of the other camp, or the second best where one camp made all scenarios. */
export function nextHeading({ scenarios }: Summary): string {
  const camps = new Set(scenarios.map(({ name }) => madeBy(name)));
  return camps.size > 1 ? 'Best of the other camp' : 'Second best';
}

/** A paired verdict knows more than two intervals: what disturbed a round disturbed both of its blocks. */
function marginOf({ comparisons }: Summary, name: string, best: Ranked, next: Ranked): Winner['margin'] {
  const figure = PAIRED_AS[name] ?? name;
  const pair = (scenario: string, baseline: string) =>
    comparisons.find(
      (one) => one.figure === figure && one.scenario === scenario && one.baseline === baseline,
    );
  const verdict = pair(best.scenario, next.scenario)?.verdict;
  const reverse = pair(next.scenario, best.scenario)?.verdict;
  const unpaired = verdict === undefined && reverse === undefined;
  if (unpaired && (best.figure.interval === null || next.figure.interval === null)) return 'no interval';
  const clear = unpaired ? apart(best.figure, next.figure) : verdict === 'faster' || reverse === 'slower';
  return clear ? 'clear' : 'within noise';
}

/** The best scenario in every contested figure, ours or not. A figure that fewer than two scenarios have is no contest. */
export function winnersOf(summary: Summary): Winner[] {
  const rows = tableRows(summary);
  return CONTESTS.flatMap(([group, name]) => {
    const row = rows.find((one) => one.group === group && one.name === name);
    const ranked = (row?.cells ?? [])
      .flatMap((figure, i) =>
        figure === null || figure.value === null ? [] : [{ scenario: summary.scenarios[i]!.name, figure }],
      )
      .sort((a, b) => (name === 'hit ratio' ? -1 : 1) * (a.figure.value! - b.figure.value!));
    const [best, second] = ranked;
    if (best === undefined || second === undefined) return [];
    const made = madeBy(best.scenario);
    const next = ranked.find(({ scenario }) => madeBy(scenario) !== made) ?? second;
    return [
      {
        group,
        name,
        scenario: best.scenario,
        made,
        figure: best.figure,
        next,
        margin: marginOf(summary, name, best, next),
      } satisfies Winner,
    ];
  });
}
