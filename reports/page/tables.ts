import { bytes, intervalText, number, percent, samples, withUnit } from '../format.ts';
import type { Figure } from '../summary/figure.ts';
import { type TableRow, tableRows } from '../summary/figures.ts';
import { winnersOf } from '../summary/winners.ts';
import type { Summary } from '../summary.ts';
import { escapeHtml } from './escape.ts';

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
  const body = rows.map((row: TableRow, i) => {
    const head =
      row.group === rows[i - 1]?.group
        ? ''
        : `<tr class="group"><th colspan="${summary.scenarios.length + 1}">${row.group}</th></tr>`;
    return `${head}<tr><th scope="row">${escapeHtml(row.name)}</th>${row.cells.map(cell).join('')}</tr>`;
  });
  const columns = summary.scenarios.map(
    ({ name, blocks }) =>
      `<th scope="col">${escapeHtml(name)}<small>${blocks.valid} blocks${blocks.invalid === 0 ? '' : `, ${blocks.invalid} invalid`}</small></th>`,
  );
  return scroll(
    `<table><thead><tr><th>Figure</th>${columns.join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table>`,
  );
}

/** Every paired ratio with interval, pairs and verdict. */
export function ratioTable(summary: Summary): string {
  const rows = summary.comparisons.map(({ scenario, figure, ratio, interval, pairs, verdict, emulated }) => {
    const value =
      ratio === null
        ? '<td>–</td>'
        : `<td><b>${number(ratio)}×</b>${interval === null ? '' : `<small>${number(interval.low)}× to ${number(interval.high)}×</small>`}</td>`;
    return `<tr><th scope="row">${escapeHtml(scenario)}</th><td class="text">${figure}${emulated ? ' <em>emulated</em>' : ''}</td>${value}<td>${pairs} pairs</td><td class="text ${verdict}">${verdict}</td></tr>`;
  });
  return scroll(
    `<table><thead><tr><th>Scenario</th><th class="text">Figure</th><th>Ratio to ${escapeHtml(summary.baseline)}</th><th>n</th><th class="text">Verdict</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
  );
}

/** Who is best in what, and by how clear a margin. */
export function winnersTable(summary: Summary): string {
  const text = (figure: Figure) =>
    `${withUnit(figure.value!, figure.unit)}<small>${samples(figure)}${figure.emulated ? ', <em>emulated</em>' : ''}</small>`;
  const rows = winnersOf(summary).map(
    ({ name, scenario, figure, next, margin }) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td class="text"><b>${escapeHtml(scenario)}</b></td><td>${text(figure)}</td><td class="text">${next === null ? '–' : escapeHtml(next.scenario)}</td><td>${next === null ? '–' : text(next.figure)}</td><td class="text ${margin === 'clear' ? '' : 'INCONCLUSIVE'}">${margin}</td></tr>`,
  );
  return scroll(
    `<table><thead><tr><th>Best in</th><th class="text">Scenario</th><th>Value</th><th class="text">Second</th><th>Value</th><th class="text">Margin</th></tr></thead><tbody>${rows.join('\n')}</tbody></table>`,
  );
}

/** The balance sheet of a mean pod, line by line, and whether it closes. */
export function balanceTable(summary: Summary): string {
  const measured = summary.scenarios.filter(({ memory }) => memory !== null);
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
${foot('payload cached in the mesh', ({ payloadBytes, entries }) => `${bytes(payloadBytes)}<small>${number(entries)} entries</small>`)}</tbody></table>`);
}
