import { answer } from './answer.ts';
import type { Chart } from './charts/chart.ts';
import { cautions, environmentRows, limits, methodNotes, NOTHING } from './notes.ts';
import { chartFigures, chartScripts } from './page/charts.ts';
import { escapeHtml } from './page/escape.ts';
import { pageOf } from './page/page.ts';
import {
  balanceTable,
  comparisonTable,
  libraryHitTable,
  meanwhileTable,
  overviewTable,
  ratioTable,
  winnersTable,
} from './page/tables.ts';
import { MEANWHILE_WORDS } from './summary/meanwhile.ts';
import { overviewOf } from './summary/overview.ts';
import { nextHeading } from './summary/winners.ts';
import type { Summary } from './summary.ts';

export interface Page {
  readonly summary: Summary;
  readonly charts: readonly Chart[];
  /** Source text of chart.js's UMD build, put into the page so that it needs no network. */
  readonly chartJs: string;
  /** The topology as SVG text; null leaves the section out. */
  readonly topologySvg: string | null;
  /** Further sections as HTML, such as the ledger of claims. Default none. */
  readonly sections?: readonly string[];
}

const list = (items: readonly string[]) =>
  `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`;

/** No line ends between a number and its unit. */
const unbroken = (html: string) => html.replaceAll(/(\d) (?=%|[nµm]?s\b|[KMG]iB\b)/g, '$1&nbsp;');

function warning(summary: Summary): string {
  const lines = cautions(summary).map((line) => `<p>${escapeHtml(line)}</p>`);
  return lines.length === 0 ? '' : `<div class="warning" role="alert">${lines.join('')}</div>`;
}

function libraryHitSection(summary: Summary): string {
  if (summary.libraryHits.length === 0) return '';
  return `<h3>A hit in the library against a hit in Redis</h3>
<p class="muted">in-process-l1, round by round; no miss and no origin in it. What a request meets includes cold processor caches; batches show the cost of the code.</p>
${libraryHitTable(summary)}`;
}

function meanwhileSection(summary: Summary): string {
  if (summary.meanwhile.length === 0) return '';
  return `<h2 id="meanwhile">What the pods did meanwhile</h2>
<p class="muted">${escapeHtml(MEANWHILE_WORDS)}</p>
${meanwhileTable(summary)}`;
}

/** The report of one run as a single self-contained page: no network, readable on a phone and in the dark. */
export function renderHtml({ summary, charts, chartJs, topologySvg, sections = [] }: Page): string {
  const environment = environmentRows(summary)
    .map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`)
    .join('');
  const scenarios = summary.scenarios.map(({ name, description }) => `${name}: ${description}`);
  return pageOf({
    title: summary.runId,
    body: `<header>
<h1>What a cache in the pod is worth here</h1>
<p class="muted">Run ${escapeHtml(summary.runId)}, ${escapeHtml(summary.startedAt)}, ${Math.round(summary.durationMs / 1000)} s</p>
</header>
<main>
${warning(summary)}
<div class="answer">${answer(summary)
      .map((sentence) => `<p>${unbroken(escapeHtml(sentence))}</p>`)
      .join('')}</div>
<dl>${environment}</dl>
<h2 id="comparison">Comparison</h2>
<h3>At a glance</h3>
<p class="muted">One line a scenario, with 95 % intervals; each rests on ${overviewOf(summary).samples}. Lower is better, but for the hit ratio. Latencies contain the origin's emulated wait; CPU is that of a request, in applications, proxies and caches; <em>pod</em> is the memory of a pod with its proxy.</p>
${overviewTable(summary)}
<h3>Paired ratios</h3>
<p class="muted">Scenario divided by ${escapeHtml(summary.baseline)} in the same round, with the 95 % interval: ▼ faster, ▲ slower, ≈ inconclusive. For CPU, faster means less of it.</p>
${ratioTable(summary)}
<h3>Who wins what</h3>
<p class="muted">The best in each figure, ours or not, and the ${nextHeading(summary).toLowerCase()}. Clear: the paired verdict, or where the two were not paired, 95 % intervals that do not meet. Lower is better, but for the hit ratio.</p>
${winnersTable(summary)}
${libraryHitSection(summary)}
<h2 id="charts">Charts</h2>
${charts.length === 0 ? `<p>${NOTHING.figures}</p>` : chartFigures(charts)}
<h2 id="figures">Every figure</h2>
<p class="muted">Each cell: the value, its 95 % interval, and the number of samples. <em>Emulated</em>: the origin's wait is part of the number.</p>
${comparisonTable(summary)}
${meanwhileSection(summary)}
<h2 id="memory">Memory, line by line</h2>
${balanceTable(summary)}
${topologySvg === null ? '' : `<h2 id="topology">Topology</h2><div class="topology scroll">${topologySvg}</div>`}
${sections.join('\n')}
<h2 id="method">Method</h2>
<p>Scenarios:</p>${list(scenarios)}
${list(methodNotes(summary))}
<h2 id="limits">What these numbers do not show</h2>
${list(limits(summary))}
</main>
${chartScripts(charts, chartJs)}`,
  });
}
