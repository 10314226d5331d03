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

/** The rows of the comparison table, in its order: name and figure. */
export function tableFigures(scenario: ScenarioSummary): [string, Figure][] {
  const { request, read, memory, cpu } = scenario;
  const optional = (name: string, figure: Figure | null | undefined): [string, Figure][] =>
    figure === null || figure === undefined || figure.value === null ? [] : [[name, figure]];
  return [
    ['request p50', request.p50],
    ['request p90', request.p90],
    ['request p99', request.p99],
    ['request mean', request.mean],
    ['read p50', read.p50],
    ['read p99', read.p99],
    ['read mean', read.mean],
    ...optional('in-process hit', scenario.l1PerRead.p50),
    ...optional('in-process hit, batch', scenario.l1Batch.p50),
    ['hit ratio', scenario.hitRatio],
    ['stale reads', scenario.staleRatio],
    ...optional('stale age p50', scenario.staleAge.p50),
    ['CPU application', cpu.application],
    ...optional('CPU proxy', cpu.proxy),
    ...optional('CPU Redis', cpu.redis),
    ['Redis commands', scenario.redisCommands],
    ['origin calls', scenario.originCalls],
    ...optional('memory per pod', memory?.pod),
    ...optional('memory application', memory?.parts.application),
    ...optional('memory proxy', memory?.parts.proxy),
    ...optional('memory Redis', memory?.parts.redis),
    ...optional('memory added per payload byte', memory?.addedPerPayloadByte),
    ...optional('charged per payload byte', memory?.chargedPerPayloadByte),
    ...optional('200 pods', memory?.fleet.total),
  ];
}

/** Every figure of the table as flat records, then the paired ratios. */
export function namedFigures(summary: Summary): NamedFigure[] {
  const measured = summary.scenarios.flatMap((scenario) =>
    tableFigures(scenario).map(([figure, { value, unit, interval, n, of, emulated }]) => ({
      scenario: scenario.name,
      figure,
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
