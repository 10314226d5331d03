import { DEFAULT_SCENARIOS } from '../../scenarios/catalogue.ts';
import type { ScenarioSummary } from '../summary/scenario.ts';
import type { Summary } from '../summary.ts';

/** More than this many curves in one chart cannot be told apart; more than this many names do not fit side by side. */
const CROWD = 6;
const ROW_PX = 30;

export function isCrowd({ scenarios }: Pick<Summary, 'scenarios'>): boolean {
  return scenarios.length > CROWD;
}

/**
 * The scenarios that get a curve: all, or, of a crowd, the baseline, those of the main comparison, and the others
 * with the fastest requests at the median.
 */
export function withCurves(summary: Summary): readonly ScenarioSummary[] {
  if (!isCrowd(summary)) return summary.scenarios;
  const rank = ({ name, request }: ScenarioSummary): number =>
    name === summary.baseline || DEFAULT_SCENARIOS.includes(name)
      ? 0
      : (request.p50.value ?? Number.POSITIVE_INFINITY);
  const chosen = [...summary.scenarios].sort((a, b) => rank(a) - rank(b)).slice(0, CROWD);
  return summary.scenarios.filter((scenario) => chosen.includes(scenario));
}

/** What a caption says of the scenarios without a curve; nothing where all have one. */
export function withoutCurves(summary: Summary): string {
  const left = summary.scenarios.length - withCurves(summary).length;
  return left === 0
    ? ''
    : ` Shown are the main comparison and the scenarios with the fastest requests; ${left === 1 ? 'the other one is' : `the ${left} others are`} in the tables and the charts by name.`;
}

/** Lays a chart with a category a scenario on its side where there are many: names need room. */
export function byName(
  summary: Summary,
  { category, value }: { readonly category: object; readonly value: object },
): {
  readonly heightPx: number;
  readonly scales: { readonly [axis: string]: unknown };
  readonly indexAxis: 'x' | 'y';
} {
  if (!isCrowd(summary)) return { heightPx: 320, scales: { x: category, y: value }, indexAxis: 'x' };
  return {
    heightPx: 90 + ROW_PX * summary.scenarios.length,
    scales: { x: value, y: category },
    indexAxis: 'y',
  };
}
