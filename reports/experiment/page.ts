import { chartFigures, chartScripts } from '../page/charts.ts';
import { escapeHtml } from '../page/escape.ts';
import { pageOf } from '../page/page.ts';
import { cell, scroll } from '../page/tables.ts';
import { chartOf } from './curve-charts.ts';
import type { Experiment, Section, Table } from './schema.ts';
import { backgroundRows, WHERE } from './words.ts';

/** The page of an experiment, self-contained. `chartJs`: source text of chart.js's UMD build. */
export function renderExperimentHtml(experiment: Experiment, chartJs: string): string {
  const { title, runId, startedAt, durationMs, answer, sections, limits } = experiment;
  const background = backgroundRows(experiment)
    .map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('');
  const charts = sections.flatMap(({ curves }) => curves.map(chartOf));
  return pageOf({
    title: runId,
    body: `<header>
<h1>${escapeHtml(title)}</h1>
<p class="muted">Run ${escapeHtml(runId)}, ${escapeHtml(startedAt)}, ${Math.round(durationMs / 1000)} s</p>
</header>
<main>
<div class="answer">${answer.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join('')}</div>
<dl>${background}</dl>
${sections.map(sectionHtml).join('\n')}
<h2 id="limits">What these numbers do not show</h2>
<ul>${limits.map((limit) => `<li>${escapeHtml(limit)}</li>`).join('')}</ul>
</main>
${chartScripts(charts, chartJs)}`,
  });
}

function sectionHtml({ title, where, how, tables, curves }: Section): string {
  return `<h2>${escapeHtml(title)}</h2>
<p><b>${WHERE[where]}</b> <span class="muted">${escapeHtml(how)}</span></p>
${tables
  .filter((table) => !isLong(table))
  .map(tableHtml)
  .join('\n')}
${chartFigures(curves.map(chartOf))}
${tables.filter(isLong).map(foldedHtml).join('\n')}`;
}

/** A table of many settings goes behind its chart, folded. */
const LONG = 8;
const isLong = ({ rows }: Table): boolean => rows.length > LONG;

function foldedHtml(table: Table): string {
  return `<details><summary>All ${table.rows.length} settings as numbers</summary>${tableHtml(table)}</details>`;
}

function tableHtml({ columns, rows }: Table): string {
  const head = columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('');
  const body = rows
    .map(({ name, cells }) => `<tr><th scope="row">${escapeHtml(name)}</th>${cells.map(cell).join('')}</tr>`)
    .join('\n');
  return scroll(`<table><thead><tr><th></th>${head}</tr></thead><tbody>${body}</tbody></table>`);
}
