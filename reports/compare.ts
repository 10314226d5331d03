import { ratioText, withUnit } from './format.ts';
import { cautions } from './notes.ts';
import type { Environment, Result, Settings } from './schema.ts';
import type { Figure } from './summary/figure.ts';
import { tableFigures } from './summary/figures.ts';
import { summarise } from './summary.ts';

/** A fact in which two runs differ. */
export interface Difference {
  readonly field: string;
  readonly a: string;
  readonly b: string;
}

/** One figure in both runs. The runs are not paired, so only intervals that do not meet are a difference. */
export interface ComparedRow {
  readonly scenario: string;
  readonly figure: string;
  readonly a: string;
  readonly b: string;
  /** b ÷ a; null where either is missing or zero. */
  readonly ratio: number | null;
  readonly verdict: 'lower' | 'higher' | 'INCONCLUSIVE';
}

export type RunComparison =
  | { readonly state: 'refused'; readonly differences: readonly Difference[] }
  | {
      readonly state: 'compared';
      /** Differences the user accepted; to be shown in red beside the rows. */
      readonly differences: readonly Difference[];
      /** What the reader must know of either run before any number. */
      readonly cautions: readonly string[];
      readonly rows: readonly ComparedRow[];
    };

/** What makes numbers of two runs incomparable. Noise figures differ always and are not among it. */
const ENVIRONMENT: readonly (keyof Environment)[] = [
  'os',
  'kernel',
  'cpuModel',
  'cores',
  'memoryBytes',
  'cgroupCpuLimit',
  'cgroupMemoryLimitBytes',
  'mesh',
  'coLocatedLoad',
];
const VERSIONS: readonly (keyof Environment['versions'])[] = ['node', 'redis', 'envoy', 'k6'];
const SETTINGS: readonly (keyof Settings)[] = [
  'services',
  'seed',
  'fanOutMean',
  'fanOut',
  'fanOutDistribution',
  'ratePerSecond',
  'driver',
  'workload',
  'budgetBytes',
  'blockMs',
  'timeScale',
];

/** The facts in which two runs differ and that make their numbers incomparable. */
function differencesThatMatter(a: Result, b: Result): Difference[] {
  const facts = (run: Result): [string, unknown][] => [
    ...ENVIRONMENT.map((key): [string, unknown] => [key, run.environment[key]]),
    ...VERSIONS.map((key): [string, unknown] => [`versions.${key}`, run.environment.versions[key]]),
    ...SETTINGS.map((key): [string, unknown] => [key, run.settings[key]]),
    ['inputSha256', run.inputSha256],
    // What stands beside a scenario takes its share of the machine, and who was warmed up earlier holds older values.
    ['scenarios', run.scenarios.map(({ name }) => name).join(', ')],
    ['memoryMethod', run.memory[0]?.method ?? null],
    ['state', run.state],
  ];
  const others = new Map(facts(b));
  return facts(a)
    .filter(([field, value]) => others.get(field) !== value)
    .map(([field, value]) => ({ field, a: String(value), b: String(others.get(field)) }));
}

function verdictOf(a: Figure, b: Figure): ComparedRow['verdict'] {
  if (a.interval === null || b.interval === null) return 'INCONCLUSIVE';
  if (b.interval.high < a.interval.low) return 'lower';
  return b.interval.low > a.interval.high ? 'higher' : 'INCONCLUSIVE';
}

/**
 * Compares two runs figure by figure, B against A. Refuses when their environments differ in what matters, unless
 * the differences are accepted. Two runs were not made under the same weather: prefer scenarios within one run.
 */
export function compareRuns(a: Result, b: Result, differing: 'refuse' | 'accept'): RunComparison {
  const differences = differencesThatMatter(a, b);
  if (differences.length > 0 && differing === 'refuse') return { state: 'refused', differences };
  const [summaryA, summaryB] = [summarise(a), summarise(b)];
  const rows = summaryA.scenarios.flatMap((scenario) => {
    const twin = summaryB.scenarios.find(({ name }) => name === scenario.name);
    if (twin === undefined) return [];
    const inB = tableFigures(twin);
    return tableFigures(scenario).flatMap(({ group, name, figure }): ComparedRow[] => {
      const other = inB.find((one) => one.group === group && one.name === name)?.figure;
      if (other === undefined || figure.value === null || other.value === null) return [];
      return [
        {
          scenario: scenario.name,
          figure: `${group}: ${name}`,
          a: withUnit(figure.value, figure.unit),
          b: withUnit(other.value, other.unit),
          ratio: figure.value === 0 ? null : other.value / figure.value,
          verdict: verdictOf(figure, other),
        },
      ];
    });
  });
  const told = [summaryA, summaryB].flatMap((summary) =>
    cautions(summary).map((line) => `${summary.runId}: ${line}`),
  );
  return { state: 'compared', differences, cautions: told, rows };
}

/** A difference on one line, for the terminal. */
export function differenceLine({ field, a, b }: Difference): string {
  return `${field}: ${a} against ${b}`;
}

/** A compared figure on one line, for the terminal. */
export function comparedLine({ scenario, figure, a, b, ratio, verdict }: ComparedRow): string {
  return `${scenario.padEnd(18)} ${figure.padEnd(44)} ${a.padStart(14)} ${b.padStart(14)} ${(ratio === null ? '–' : `${ratioText(ratio)}×`).padStart(8)} ${verdict}`;
}
