import {
  bytes,
  counted,
  duration,
  intervalText,
  number,
  percent,
  ratioText,
  samples,
  withUnit,
} from '../format.ts';
import { libraryHitVerdict, NOTHING } from '../notes.ts';
import type { Comparison, Verdict } from '../summary/comparison.ts';
import type { Figure } from '../summary/figure.ts';
import { type TableRow, tableRows } from '../summary/figures.ts';
import { overviewOf, ratioMatrixOf } from '../summary/overview.ts';
import { nextHeading, winnersOf } from '../summary/winners.ts';
import type { Summary } from '../summary.ts';
import { escapeHtml } from './escape.ts';

const words = (text: string) => `<p>${text}</p>`;

/** A table that scrolls sideways in itself where the page is too narrow. */
export const scroll = (table: string) => `<div class="scroll" tabindex="0">${table}</div>`;

/** One figure as a table cell: value, interval, samples. */
export function cell(figure: Figure | null): string {
  if (figure === null || figure.value === null) return '<td>–</td>';
  const interval = intervalText(figure);
  const notes = [
    ...(interval === null ? [] : [interval]),
    samples(figure),
    ...(figure.emulated ? ['<em>emulated</em>'] : []),
  ];
  return `<td><b>${withUnit(figure.value, figure.unit)}</b>${notes.map((note) => `<small>${note}</small>`).join('')}</td>`;
}

/** Every figure of every scenario, with interval and sample count. */
export function comparisonTable(summary: Summary): string {
  const rows = tableRows(summary);
  if (rows.length === 0) return words(NOTHING.figures);
  const body = rows.map((row: TableRow, i) => {
    const head =
      row.group === rows[i - 1]?.group
        ? ''
        : `<tr class="group"><th colspan="${summary.scenarios.length + 1}">${row.group}</th></tr>`;
    return `${head}<tr><th scope="row">${escapeHtml(row.name)}</th>${row.cells.map(cell).join('')}</tr>`;
  });
  const columns = summary.scenarios.map(
    ({ name, blocks }) =>
      `<th scope="col">${escapeHtml(name)}<small>${counted(blocks.valid, 'blocks')}${blocks.invalid === 0 ? '' : `, ${blocks.invalid} invalid`}</small></th>`,
  );
  return scroll(
    `<table><thead><tr><th>Figure</th>${columns.join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table>`,
  );
}

/** One line a scenario: what decides, with staleness, CPU and memory beside latency. */
export function overviewTable(summary: Summary): string {
  const { columns, rows } = overviewOf(summary);
  if (columns.length === 0) return words(NOTHING.figures);
  const value = (figure: Figure | null) => {
    if (figure === null || figure.value === null) return '<td>–</td>';
    const interval = intervalText(figure);
    const cell = `<td><b>${withUnit(figure.value, figure.unit)}</b>${interval === null ? '' : `<small>${interval}</small>`}</td>`;
    // The line above the table says that CPU is that of a request.
    return cell.replaceAll('/request', '');
  };
  const body = rows.map(({ scenario, cells }) => {
    const baseline = scenario.name === summary.baseline ? '<small>baseline</small>' : '';
    return `<tr><th scope="row">${escapeHtml(scenario.name)}${baseline}</th>${cells.map(value).join('')}</tr>`;
  });
  const head = columns.map((name) => `<th scope="col">${name}</th>`).join('');
  return scroll(
    `<table class="compact"><thead><tr><th>Scenario</th>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`,
  );
}

const VERDICT_SIGN: Readonly<Record<Verdict, string>> = { faster: '▼', slower: '▲', INCONCLUSIVE: '≈' };

/** Every paired ratio with interval and verdict, one line a scenario. */
export function ratioTable(summary: Summary): string {
  const { columns, rows } = ratioMatrixOf(summary);
  if (rows.length === 0) return words(NOTHING.ratios);
  const value = ({ ratio, interval, verdict }: Comparison) =>
    ratio === null
      ? '<td>–</td>'
      : `<td class="${verdict}"><b>${VERDICT_SIGN[verdict]} ${ratioText(ratio)}×</b>${interval === null ? '' : `<small>${ratioText(interval.low)} to ${ratioText(interval.high)}</small>`}</td>`;
  const body = rows.map(
    ({ scenario, cells }) =>
      `<tr><th scope="row">${escapeHtml(scenario)}<small>n = ${counted(Math.max(...cells.map(({ pairs }) => pairs)), 'pairs')}</small></th>${cells.map(value).join('')}</tr>`,
  );
  const head = columns
    .map(
      ({ figure, emulated }) =>
        `<th scope="col">${figure}${emulated ? '<small><em>emulated</em></small>' : ''}</th>`,
    )
    .join('');
  return scroll(
    `<table class="compact"><thead><tr><th>Scenario</th>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`,
  );
}

/** What else went on in the pods and on the machine, one line a scenario. */
export function meanwhileTable({ meanwhile }: Summary): string {
  const head = meanwhile[0]?.cells.map(({ column }) => `<th scope="col">${column}</th>`).join('');
  const body = meanwhile.map(
    ({ scenario, cells }) =>
      `<tr><th scope="row">${escapeHtml(scenario)}</th>${cells.map(({ figure }) => cell(figure)).join('')}</tr>`,
  );
  return scroll(
    `<table class="compact"><thead><tr><th>Scenario</th>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`,
  );
}

/** Who is best in what, and by how clear a margin. */
export function winnersTable(summary: Summary): string {
  const text = (figure: Figure) =>
    `${withUnit(figure.value!, figure.unit)}<small>${samples(figure)}${figure.emulated ? ', <em>emulated</em>' : ''}</small>`;
  const rows = winnersOf(summary).map(
    ({ name, scenario, made, figure, next, margin }) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td class="text"><b>${escapeHtml(scenario)}</b><small>${made}</small></td><td>${text(figure)}</td><td class="text">${escapeHtml(next.scenario)}</td><td>${text(next.figure)}</td><td class="text ${margin === 'clear' ? '' : 'INCONCLUSIVE'}">${margin}</td></tr>`,
  );
  if (rows.length === 0) return words(NOTHING.winners);
  return scroll(
    `<table class="compact"><thead><tr><th>Best in</th><th class="text">Scenario</th><th>Value</th><th class="text">${nextHeading(summary)}</th><th>Value</th><th class="text">Margin</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
  );
}

/** What a hit of the library is worth against a hit in Redis, and what was asked of it. */
export function libraryHitTable({ libraryHits }: Summary): string {
  const rows = libraryHits.map(
    (hit) =>
      `<tr><th scope="row">${escapeHtml(hit.redis)}</th><td class="text">${hit.timing}</td><td>${duration(hit.libraryNs)}</td><td>${duration(hit.redisNs)}</td><td><b>${number(hit.times)}×</b>${hit.interval === null ? '' : `<small>${number(hit.interval.low)} to ${number(hit.interval.high)}</small>`}<small>n = ${counted(hit.pairs, 'pairs')}</small></td><td>${number(hit.asked)}×</td><td class="text">${libraryHitVerdict(hit)}</td></tr>`,
  );
  return scroll(
    `<table class="compact"><thead><tr><th>Hit in</th><th class="text">Library hit timed</th><th>Library, p50</th><th>Redis, p50</th><th>Cheaper by</th><th>Asked</th><th class="text">Verdict</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
  );
}

/** The balance sheet of a mean pod, line by line, and whether it closes. */
export function balanceTable(summary: Summary): string {
  const measured = summary.scenarios.filter(({ memory }) => memory !== null);
  if (measured.length === 0) return words(NOTHING.memory);
  const names = [
    ...new Set(measured.flatMap(({ memory }) => memory!.lines.map(({ part, line }) => `${part}: ${line}`))),
  ];
  const lines = names.map((name) => {
    const cells = measured.map(({ memory }) => {
      const line = memory!.lines.find((one) => `${one.part}: ${one.line}` === name);
      return `<td>${line === undefined ? '–' : bytes(line.bytes)}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(name)}</th>${cells.join('')}</tr>`;
  });
  const foot = (title: string, of: (memory: NonNullable<(typeof measured)[number]['memory']>) => string) =>
    `<tr><th scope="row">${title}</th>${measured.map(({ memory }) => `<td>${of(memory!)}</td>`).join('')}</tr>`;
  return scroll(`<table><thead><tr><th>Mean pod</th>${measured.map(({ name }) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead><tbody>${lines.join('\n')}
${foot('pod, as the kernel counts', ({ pod }) => `<b>${bytes(pod.value ?? 0)}</b><small>${samples(pod)}</small>`)}
${foot('lines against the kernel', ({ balance }) => `${balance.closes ? 'closes' : '<span class="slower">does not close</span>'}<small>worst pod off by ${percent(balance.worstGapRatio)}</small>`)}
${foot('shared servers', ({ sharedBytes }) => bytes(sharedBytes))}
${foot('payload in these pods and shared servers', ({ payloadBytes, entries }) => `${payloadBytes === 0 && entries > 0 ? 'not told' : bytes(payloadBytes)}<small>${counted(entries, 'entries')}</small>`)}</tbody></table>`);
}
