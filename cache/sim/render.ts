import type { Anchor } from './anchors.ts';
import type { HitRatios } from './simulate.ts';

const OURS = 'l1-cache';
const OPTIMUM = 'belady';
/** Two decimals agree when they differ by no more than one in the last place. */
const SAME_PERCENT = 0.0101;

export interface CellResult {
  readonly trace: string;
  readonly entries: number;
  readonly anchor: Anchor | undefined;
  readonly runs: ({ readonly policy: string } & HitRatios)[];
}

/** One line of the table; with the head before the first. */
export function renderCell(cell: CellResult, first: boolean): string {
  const policies = [...new Set(cell.runs.map((run) => run.policy))];
  const widths = policies.map((policy) => Math.max(policy.length, policy === OURS ? 18 : 6));
  const columns = policies.map((policy, at) =>
    describe(ratiosOf(cell, policy)).padStart(widths[at] as number),
  );
  const gap = gapToBest(cell);
  const line = [
    `${cell.trace}@${cell.entries}`.padEnd(24),
    ...columns,
    signed(gap === undefined ? undefined : -gap),
    signed(gapToOptimum(cell)),
  ].join('  ');
  const names = policies.map((policy, at) => policy.padStart(widths[at] as number));
  const head = ['hit ratio, %'.padEnd(24), ...names, ' to best', ' to opt.'].join('  ');
  return first ? `${head}\n${line}\n` : `${line}\n`;
}

/** What the whole table says: our mean gap, the worst cell, the check against the reference table. */
export function renderSummary(cells: readonly CellResult[]): string {
  const lines: string[] = [];
  const gaps = cells.map(gapToBest).filter((gap) => gap !== undefined);
  if (gaps.length > 0) {
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    lines.push(
      `l1-cache: mean gap to the best online policy ${mean.toFixed(2)} points over ${gaps.length} cells, worst ${Math.max(...gaps).toFixed(2)}`,
    );
  }
  const checks = cells.flatMap((cell) => {
    if (cell.anchor === undefined) return [];
    const pairs = [
      { policy: 'lru', published: cell.anchor.lruPercent },
      { policy: OPTIMUM, published: cell.anchor.beladyPercent },
    ];
    return pairs.flatMap(({ policy, published }) =>
      ratiosOf(cell, policy).map((ratio) => ({ cell, policy, off: Math.abs(ratio - published) })),
    );
  });
  if (checks.length > 0) {
    const wrong = checks.filter((check) => check.off > SAME_PERCENT);
    lines.push(
      `lru and belady against the reference table: ${checks.length - wrong.length} of ${checks.length} equal to 0.01 points`,
    );
    for (const { cell, policy, off } of wrong)
      lines.push(`  ${cell.trace}@${cell.entries} ${policy} differs by ${off.toFixed(3)}`);
  }
  return lines.length > 0 ? `\n${lines.join('\n')}\n` : '';
}

function ratiosOf(cell: CellResult, policy: string): number[] {
  return cell.runs.filter((run) => run.policy === policy).map((run) => run.hitRatioPercent);
}

/** Points from our mean to the best online policy, of the reference table where it has the cell; negative when ahead. */
function gapToBest(cell: CellResult): number | undefined {
  const ours = ratiosOf(cell, OURS);
  const others = cell.runs
    .filter((run) => run.policy !== OURS && run.policy !== OPTIMUM)
    .map((run) => run.hitRatioPercent);
  const best = cell.anchor?.bestOnlinePercent ?? (others.length > 0 ? Math.max(...others) : undefined);
  return ours.length === 0 || best === undefined ? undefined : best - mean(ours);
}

function gapToOptimum(cell: CellResult): number | undefined {
  const ours = ratiosOf(cell, OURS);
  const optimum = ratiosOf(cell, OPTIMUM)[0];
  return ours.length === 0 || optimum === undefined ? undefined : mean(ours) - optimum;
}

function describe(ratios: readonly number[]): string {
  if (ratios.length === 0) return '-';
  const middle = mean(ratios).toFixed(2);
  if (ratios.length === 1) return middle;
  return `${middle} ${Math.min(...ratios).toFixed(2)}..${Math.max(...ratios).toFixed(2)}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function signed(points: number | undefined): string {
  return (points === undefined ? '-' : `${points >= 0 ? '+' : ''}${points.toFixed(2)}`).padStart(8);
}
