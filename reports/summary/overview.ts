import { counted, number } from '../format.ts';
import type { Summary } from '../summary.ts';
import type { ComparedFigure, Comparison } from './comparison.ts';
import type { Figure } from './figure.ts';
import { tableFigures } from './figures.ts';
import type { ScenarioSummary } from './scenario.ts';

/** The figures of the comparison table that decide, in the order of the overview. */
const DECIDING = [
  'request p50',
  'request p99',
  'read p50',
  'read p99',
  'hit ratio',
  'stale reads',
  'stale age p50',
  'CPU of all parts',
  'pod',
  'per payload byte, filled',
] as const;

/** A scenario in one line: its latency, and beside it what the latency costs. */
interface OverviewRow {
  readonly scenario: ScenarioSummary;
  /** In the order of `columns`. */
  readonly cells: readonly (Figure | null)[];
}

interface Overview {
  readonly columns: readonly string[];
  /** How many samples a line rests on, in words. */
  readonly samples: string;
  readonly rows: readonly OverviewRow[];
}

/** One line a scenario; columns that no scenario has are left out. */
export function overviewOf(summary: Summary): Overview {
  const all = summary.scenarios.map((scenario) => {
    const figures = tableFigures(scenario);
    const cells = DECIDING.map((name) => figures.find((one) => one.name === name)?.figure ?? null);
    return { scenario, cells };
  });
  const kept = DECIDING.map((_, i) => i).filter((i) =>
    all.some(({ cells }) => cells[i] !== null && cells[i]!.value !== null),
  );
  return {
    columns: kept.map((i) => DECIDING[i]!),
    samples: samplesOf(summary.scenarios),
    rows: all.map(({ scenario, cells }) => ({ scenario, cells: kept.map((i) => cells[i]!) })),
  };
}

function samplesOf(scenarios: readonly ScenarioSummary[]): string {
  const range = (what: string, of: (scenario: ScenarioSummary) => number) => {
    const counts = scenarios.map(of);
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    return least === most ? counted(most, what) : `${number(least)} to ${counted(most, what)}`;
  };
  return [
    range('blocks', ({ blocks }) => blocks.valid),
    range('requests', ({ request }) => request.p50.n),
    range('reads', ({ read }) => read.p50.n),
    range('pods', ({ memory }) => memory?.pod.n ?? 0),
  ].join(', ');
}

/** The paired ratios with one line a scenario and one column a figure. */
interface RatioMatrix {
  readonly columns: readonly { readonly figure: ComparedFigure; readonly emulated: boolean }[];
  readonly rows: readonly { readonly scenario: string; readonly cells: readonly Comparison[] }[];
}

export function ratioMatrixOf({ comparisons }: Pick<Summary, 'comparisons'>): RatioMatrix {
  const scenarios = [...new Set(comparisons.map(({ scenario }) => scenario))];
  const rows = scenarios.map((scenario) => ({
    scenario,
    cells: comparisons.filter((one) => one.scenario === scenario),
  }));
  return { columns: rows[0]?.cells ?? [], rows };
}
