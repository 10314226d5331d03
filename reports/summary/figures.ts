import type { Summary } from '../summary.ts';
import type { Figure } from './figure.ts';
import type { ScenarioSummary } from './scenario.ts';

/** One figure of the comparison table, flat: what `run --json` prints. */
export interface NamedFigure {
  readonly scenario: string;
  readonly figure: string;
  readonly value: number | null;
  readonly unit: string;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly of: string;
  readonly emulated: boolean;
}

type FigureGroup = 'Latency' | 'Hits and freshness' | 'Prediction' | 'Work per request' | 'Memory';

/** One cell of the comparison table. */
export interface TableFigure {
  readonly group: FigureGroup;
  readonly name: string;
  readonly figure: Figure;
}

/** The column of one scenario in the comparison table, from top to bottom. */
export function tableFigures(scenario: ScenarioSummary): TableFigure[] {
  const { request, read, memory, cpu, prediction } = scenario;
  const group = (name: FigureGroup, rows: readonly (readonly [string, Figure | null | undefined])[]) =>
    rows.flatMap(([row, figure]) =>
      figure === null || figure === undefined ? [] : [{ group: name, name: row, figure }],
    );
  const outcomes = [...scenario.outcomes].sort((a, b) => a.outcome.localeCompare(b.outcome));
  return [
    ...group('Latency', [
      ['request p50', request.p50],
      ['request p90', request.p90],
      ['request p99', request.p99],
      ['request mean', request.mean],
      ['all reads of a request p50', scenario.readsOfRequest.p50],
      ['read p50', read.p50],
      ['read p99', read.p99],
      ['read mean', read.mean],
      ...outcomes.flatMap(({ outcome, latency }) => [
        [`read from ${outcome} p50`, latency.p50] as const,
        [`read from ${outcome} p99`, latency.p99] as const,
      ]),
      ['in-process hit, per request', scenario.l1PerRead.p50],
      ['in-process hit, in batches', scenario.l1Batch.p50],
    ]),
    ...group('Hits and freshness', [
      ['hit ratio', scenario.hitRatio],
      ['preload: answered from memory (coverage)', scenario.coverage?.hits],
      ['preload: asked the network (misses)', scenario.coverage?.misses],
      ['preload: not its to answer (bypass)', scenario.coverage?.bypass],
      ['stale reads', scenario.staleRatio],
      ['stale age p50', scenario.staleAge.p50],
      ['stale age p99', scenario.staleAge.p99],
    ]),
    ...group('Prediction', [
      ['prefetches used (accuracy)', prediction?.accuracy],
      ['named reads covered', prediction?.coverage],
      ['named reads covered, of those foreseeable', prediction?.foreseeableCoverage],
      ['ready in time', prediction?.inTime],
      ['named reads there in time, of those possible', prediction?.possibleInTime],
      ['prefetches wasted for each miss', prediction?.waste],
    ]),
    ...group('Work per request', [
      ['CPU of all parts', cpu.all],
      ['CPU application', cpu.application],
      ['CPU proxy', cpu.proxy],
      ['CPU Redis or cache container', cpu.redis],
      ['CPU load generator', cpu.driver],
      ['Redis commands', scenario.redisCommands],
      ['origin calls', scenario.originCalls],
    ]),
    ...group('Memory', [
      ['pod', memory?.pod],
      ['application', memory?.parts.application],
      ['proxy', memory?.parts.proxy],
      ['Redis in the pod', memory?.parts.redis],
      ['cache container or file', memory?.parts.cache],
      ['per payload byte, filled', memory?.filledPerPayloadByte],
      ['added per payload byte', memory?.addedPerPayloadByte],
      ['charged per payload byte', memory?.chargedPerPayloadByte],
      ['200 pods, extrapolated', memory?.fleet.total],
    ]),
  ];
}

/** A row of the comparison table: one figure over all scenarios. */
export interface TableRow {
  readonly group: FigureGroup;
  readonly name: string;
  readonly cells: readonly (Figure | null)[];
}

/** The comparison table, row by row; a figure that no scenario has, or a part no pod has, is no row. */
export function tableRows(summary: Summary): TableRow[] {
  const columns = summary.scenarios.map(tableFigures);
  const rows = new Map<string, TableRow>();
  for (const { group, name } of columns.flat()) {
    const cells = columns.map(
      (column) => column.find((one) => one.group === group && one.name === name)?.figure ?? null,
    );
    const said = (cell: Figure | null) =>
      cell !== null && cell.value !== null && (group !== 'Memory' || cell.value !== 0);
    if (cells.some(said)) {
      rows.set(`${group}/${name}`, { group, name, cells });
    }
  }
  const order: FigureGroup[] = ['Latency', 'Hits and freshness', 'Prediction', 'Work per request', 'Memory'];
  return order.flatMap((group) => [...rows.values()].filter((row) => row.group === group));
}

/** Every figure of the table as flat records, then the paired ratios. */
export function namedFigures(summary: Summary): NamedFigure[] {
  const measured = summary.scenarios.flatMap((scenario) =>
    tableFigures(scenario).map(({ name, figure: { value, unit, interval, n, of, emulated } }) => ({
      scenario: scenario.name,
      figure: name,
      value,
      unit,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      n,
      of,
      emulated,
    })),
  );
  const ratios = summary.comparisons.map(
    ({ scenario, baseline, figure, ratio, interval, pairs, emulated }) => ({
      scenario,
      figure: `${figure} against ${baseline}`,
      value: ratio,
      unit: 'times',
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      n: pairs,
      of: 'pairs',
      emulated,
    }),
  );
  return [...measured, ...ratios];
}
