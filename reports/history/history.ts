import { z } from 'zod';
import type { Rng } from '../../scenarios/topology/topology.ts';
import { bytes } from '../format.ts';
import { namedFigures } from '../summary/figures.ts';
import type { Summary } from '../summary.ts';
import { changePoints } from './change-points.ts';

/** One run in the history: a small file of its own, `<startedAt>-<runId>.json`. */
export const historyEntrySchema = z.object({
  historyVersion: z.literal(1),
  runId: z.string(),
  startedAt: z.string(),
  commit: z.string().nullable(),
  /** Runs with the same text were made on comparable machines with comparable settings. */
  environment: z.string(),
  figures: z.array(z.object({ name: z.string(), unit: z.string(), value: z.number() })),
});

export type HistoryEntry = z.infer<typeof historyEntrySchema>;

/** A figure over the runs of one environment, oldest first. */
export interface Series {
  readonly environment: string;
  readonly name: string;
  readonly unit: string;
  readonly points: readonly {
    readonly startedAt: string;
    readonly commit: string | null;
    readonly value: number;
  }[];
  readonly changes: readonly {
    /** The first run after the change. */
    readonly startedAt: string;
    readonly commit: string | null;
    readonly index: number;
    /** Mean after ÷ mean before, up to the neighbouring changes. */
    readonly ratio: number;
    readonly p: number;
  }[];
}

/** The figures worth a trend: what users decide by and what moves first. All of them would bury a change. */
const KEPT = [
  'request p50',
  'in-process hit, in batches',
  'hit ratio',
  'Redis commands',
  'origin calls',
  'CPU application',
  'pod',
  'request p50 against',
  'read mean against',
  'CPU per request against',
];

/** What the history keeps of a run: a small file, no distributions. */
export function historyEntry(summary: Summary): HistoryEntry {
  const { environment: e, settings: s } = summary;
  return {
    historyVersion: 1,
    runId: summary.runId,
    startedAt: summary.startedAt,
    commit: e.versions.commit,
    environment: [
      e.cpuModel,
      `${e.cores} cores`,
      `kernel ${e.kernel}`,
      `mesh ${e.mesh}`,
      `${s.services} services`,
      `${s.ratePerSecond}/s`,
      s.profile,
      s.workload,
      s.driver,
      `seed ${s.seed}`,
      `${s.fanOutMean} reads (${s.fanOutDistribution}, ${s.fanOut}, gap ${s.chainGapMs} ms)`,
      `budget ${bytes(s.budgetBytes)}`,
      `${s.rounds} blocks of ${s.blockMs} ms`,
      `time scale ${s.timeScale}`,
    ].join(', '),
    figures: namedFigures(summary).flatMap(({ scenario, figure, value, unit }) =>
      value === null || !KEPT.some((kept) => figure === kept || figure.startsWith(`${kept} `))
        ? []
        : [{ name: `${scenario}: ${figure}`, unit, value }],
    ),
  };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function withChanges(series: Omit<Series, 'changes'>, rng: Rng): Series {
  const values = series.points.map(({ value }) => value);
  const found = changePoints(values, { rng });
  return {
    ...series,
    changes: found.map(({ index, p }, i) => {
      const before = values.slice(found[i - 1]?.index ?? 0, index);
      const after = values.slice(index, found[i + 1]?.index);
      const { startedAt, commit } = series.points[index]!;
      return { startedAt, commit, index, ratio: mean(after) / mean(before), p };
    }),
  };
}

/** Every figure over time, one series per environment, with its change points. Entries in any order. */
export function seriesOf(entries: readonly HistoryEntry[], rng: Rng): Series[] {
  const ordered = [...entries].sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  const byKey = new Map<string, Omit<Series, 'changes'> & { points: Series['points'][number][] }>();
  for (const { environment, startedAt, commit, figures } of ordered) {
    for (const { name, unit, value } of figures) {
      const key = JSON.stringify([environment, name]);
      const series = byKey.get(key) ?? { environment, name, unit, points: [] };
      series.points.push({ startedAt, commit, value });
      byKey.set(key, series);
    }
  }
  return [...byKey.values()].map((series) => withChanges(series, rng));
}
