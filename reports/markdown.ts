import { answer } from './answer.ts';
import type { Chart } from './charts/chart.ts';
import { bytes, intervalText, number, percent, samples, withUnit } from './format.ts';
import { brokenRuleWords, environmentRows, limits, methodNotes, reasons } from './notes.ts';
import type { Figure } from './summary/figure.ts';
import { tableRows } from './summary/figures.ts';
import { winnersOf } from './summary/winners.ts';
import type { Summary } from './summary.ts';

/** Text that a Markdown table cell can hold. */
export function cellText(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** A Markdown table; cells are taken as they are. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** One figure as the text of a cell: value, interval, samples. */
export function figureText(figure: Figure | null): string {
  if (figure === null || figure.value === null) return '–';
  const interval = intervalText(figure);
  return [
    `**${withUnit(figure.value, figure.unit)}**`,
    ...(interval === null ? [] : [`(${interval})`]),
    samples(figure),
    ...(figure.emulated ? ['*emulated*'] : []),
  ].join(' ');
}

const list = (items: readonly string[]) => items.map((item) => `- ${item}`).join('\n');

function memoryBalance(summary: Summary): string {
  return list(
    summary.scenarios.flatMap(({ name, memory }) =>
      memory === null
        ? []
        : [
            `${name}: ${memory.balance.closes ? 'closes' : '**does not close**'}, worst pod off by ${percent(memory.balance.worstGapRatio)} (n = ${memory.balance.n} pods); ${bytes(memory.payloadBytes)} payload in ${number(memory.entries)} entries; shared servers ${bytes(memory.sharedBytes)} (${memory.method})`,
          ],
    ),
  );
}

function winnerRows(summary: Summary): string[][] {
  return winnersOf(summary).map(({ name, scenario, figure, next, margin }) => [
    name,
    `**${scenario}**`,
    figureText(figure),
    next?.scenario ?? '–',
    figureText(next?.figure ?? null),
    margin,
  ]);
}

/** The report of one run as Markdown, with the charts as the PNG files beside it. */
export function renderMarkdown(summary: Summary, charts: readonly Chart[]): string {
  const { validity, state, why } = summary;
  const invalid = brokenRuleWords(validity);
  const ratios = summary.comparisons.map(
    ({ scenario, figure, ratio, interval, pairs, verdict, emulated }) => [
      scenario,
      emulated ? `${figure} *emulated*` : figure,
      ratio === null ? '–' : `**${number(ratio)}×**`,
      interval === null ? '–' : `${number(interval.low)}× to ${number(interval.high)}×`,
      `${pairs} pairs`,
      verdict,
    ],
  );
  return `# What a cache in the pod is worth here

Run ${summary.runId}, ${summary.startedAt}, ${Math.round(summary.durationMs / 1000)} s.
${state === 'complete' ? '' : `\n**This run is ${state}: ${reasons(why)}.**\n`}
${answer(summary).join('\n\n')}

${markdownTable(['', 'Environment'], environmentRows(summary))}

## Comparison

Each cell: value, 95 % interval, samples. *Emulated*: the origin's wait is part of the number.

${markdownTable(
  ['Figure', ...summary.scenarios.map(({ name }) => name)],
  tableRows(summary).map(({ group, name, cells }) => [`${group}: ${name}`, ...cells.map(figureText)]),
)}

## Paired ratios to ${summary.baseline}

${markdownTable(['Scenario', 'Figure', 'Ratio', '95 % interval', 'n', 'Verdict'], ratios)}

## Who wins what

${markdownTable(['Best in', 'Scenario', 'Value', 'Second', 'Value', 'Margin'], winnerRows(summary))}

## Charts

${charts.map(({ id, title, reading }) => `### ${title}\n\n${reading}\n\n![${title}](${id}.png)`).join('\n\n')}

## Memory balance

${memoryBalance(summary)}

## Invalid blocks

${invalid.length === 0 ? `None of ${validity.blocks}.` : list(invalid)}

## Method

${list(methodNotes(summary))}

## What these numbers do not show

${list(limits(summary))}
`;
}
