import { answer } from './answer.ts';
import type { Chart } from './charts/chart.ts';
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
} from './format.ts';
import {
  brokenRuleWords,
  cautions,
  environmentRows,
  libraryHitVerdict,
  limits,
  methodNotes,
  NOTHING,
} from './notes.ts';
import type { Figure } from './summary/figure.ts';
import { tableRows } from './summary/figures.ts';
import { MEANWHILE_WORDS } from './summary/meanwhile.ts';
import { overviewOf, ratioMatrixOf } from './summary/overview.ts';
import { nextHeading, winnersOf } from './summary/winners.ts';
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
  const lines = list(
    summary.scenarios.flatMap(({ name, memory }) =>
      memory === null
        ? []
        : [
            `${name}: ${memory.balance.closes ? 'closes' : '**does not close**'}, worst pod off by ${percent(memory.balance.worstGapRatio)} (n = ${counted(memory.balance.n, 'pods')}); these and shared servers hold ${bytes(memory.payloadBytes)} payload in ${counted(memory.entries, 'entries')}; shared servers take ${bytes(memory.sharedBytes)} (${memory.method})`,
          ],
    ),
  );
  return lines === '' ? NOTHING.memory : lines;
}

function winnersTable(summary: Summary): string {
  const rows = winnersOf(summary).map(({ name, scenario, made, figure, next, margin }) => [
    name,
    `**${scenario}** (${made})`,
    figureText(figure),
    next.scenario,
    figureText(next.figure),
    margin,
  ]);
  if (rows.length === 0) return NOTHING.winners;
  return markdownTable(['Best in', 'Scenario', 'Value', nextHeading(summary), 'Value', 'Margin'], rows);
}

function figuresTable(summary: Summary): string {
  const rows = tableRows(summary);
  if (rows.length === 0) return NOTHING.figures;
  return markdownTable(
    ['Figure', ...summary.scenarios.map(({ name }) => name)],
    rows.map(({ group, name, cells }) => [`${group}: ${name}`, ...cells.map(figureText)]),
  );
}

function meanwhileSection({ meanwhile }: Summary): string {
  const [first] = meanwhile;
  if (first === undefined) return '';
  const table = markdownTable(
    ['Scenario', ...first.cells.map(({ column }) => column)],
    meanwhile.map(({ scenario, cells }) => [scenario, ...cells.map(({ figure }) => figureText(figure))]),
  );
  return `
## What the pods did meanwhile

${MEANWHILE_WORDS}

${table}
`;
}

function overviewTable(summary: Summary): string {
  const { columns, rows } = overviewOf(summary);
  if (columns.length === 0) return NOTHING.figures;
  return markdownTable(
    ['Scenario', ...columns],
    rows.map(({ scenario, cells }) => [scenario.name, ...cells.map(figureText)]),
  );
}

function ratioTable(summary: Summary): string {
  const { columns, rows } = ratioMatrixOf(summary);
  if (rows.length === 0) return NOTHING.ratios;
  return markdownTable(
    ['Scenario', ...columns.map(({ figure, emulated }) => (emulated ? `${figure} *emulated*` : figure))],
    rows.map(({ scenario, cells }) => [
      scenario,
      ...cells.map(({ ratio, interval, pairs, verdict }) =>
        ratio === null
          ? '–'
          : `**${ratioText(ratio)}×** ${interval === null ? '' : `(${ratioText(interval.low)}× to ${ratioText(interval.high)}×) `}n = ${counted(pairs, 'pairs')}, ${verdict}`,
      ),
    ]),
  );
}

function libraryHitSection({ libraryHits }: Summary): string {
  if (libraryHits.length === 0) return '';
  const rows = libraryHits.map((hit) => [
    hit.redis,
    hit.timing,
    duration(hit.libraryNs),
    duration(hit.redisNs),
    `**${number(hit.times)}×** ${hit.interval === null ? '' : `(${number(hit.interval.low)}× to ${number(hit.interval.high)}×) `}n = ${counted(hit.pairs, 'pairs')}`,
    `${number(hit.asked)}×`,
    libraryHitVerdict(hit),
  ]);
  const head = [
    'Hit in',
    'Library hit timed',
    'Library, p50',
    'Redis, p50',
    'Cheaper by',
    'Asked',
    'Verdict',
  ];
  return `
## A hit in the library against a hit in Redis

${markdownTable(head, rows)}
`;
}

/** The report of one run as Markdown, with the charts as the PNG files beside it. */
export function renderMarkdown(summary: Summary, charts: readonly Chart[]): string {
  const { validity } = summary;
  const invalid = brokenRuleWords(validity);
  return `# What a cache in the pod is worth here

Run ${summary.runId}, ${summary.startedAt}, ${Math.round(summary.durationMs / 1000)} s.
${cautions(summary)
  .map((line) => `\n**${line}**\n`)
  .join('')}
${answer(summary).join('\n\n')}

${markdownTable(['', 'Environment'], environmentRows(summary))}

## At a glance

Lower is better, but for the hit ratio. Latencies contain the origin's emulated wait; *pod* is the memory of a pod with its proxy.

${overviewTable(summary)}

## Paired ratios to ${summary.baseline}

${ratioTable(summary)}

## Who wins what

${winnersTable(summary)}
${libraryHitSection(summary)}
## Every figure

Each cell: value, 95 % interval, samples. *Emulated*: the origin's wait is part of the number.

${figuresTable(summary)}
${meanwhileSection(summary)}
## Charts

${charts.map(({ id, title, reading }) => `### ${title}\n\n${reading}\n\n![${title}](${id}.png)`).join('\n\n') || NOTHING.figures}

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
