import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chartsOf } from '../../reports/charts/charts.ts';
import { renderHtml } from '../../reports/html.ts';
import { renderMarkdown } from '../../reports/markdown.ts';
import { renderPng } from '../../reports/render-png.ts';
import type { Result } from '../../reports/schema.ts';
import { type Summary, summarise } from '../../reports/summary.ts';
import { buildTopology } from '../../scenarios/topology/build.ts';
import { topologySvg } from '../../scenarios/topology/svg.ts';

/** The build of chart.js for a page; the package exports only its neighbours. */
const CHART_JS = join(dirname(createRequire(import.meta.url).resolve('chart.js')), 'chart.umd.min.js');

/**
 * Writes `result.json`, `report.md`, `index.html` and one PNG a chart into the folder; answers the summary.
 * `sections` are further parts of the page, as HTML.
 */
export async function writeReport(
  result: Result,
  folder: string,
  sections: readonly string[] = [],
): Promise<Summary> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'result.json'), `${JSON.stringify(result, null, 1)}\n`);
  const summary = summarise(result);
  const charts = chartsOf(summary);
  const chartJs = await chartJsSource();
  await writeFile(join(folder, 'report.md'), renderMarkdown(summary, charts));
  await writeFile(
    join(folder, 'index.html'),
    renderHtml({
      summary,
      charts,
      chartJs,
      sections,
      topologySvg: topologySvg(buildTopology(topologyOptionsOf(result))),
    }),
  );
  for (const chart of charts) await writeFile(join(folder, `${chart.id}.png`), renderPng(chart));
  return summary;
}

/** Source text of chart.js, for a page that needs no network. */
export function chartJsSource(): Promise<string> {
  return readFile(CHART_JS, 'utf8');
}

/** The mesh is a function of the settings; the result need not carry it whole. */
function topologyOptionsOf({ settings }: Result): Parameters<typeof buildTopology>[0] {
  return {
    services: settings.services,
    seed: settings.seed,
    fanOutMean: settings.fanOutMean,
    fanOutDistribution: settings.fanOutDistribution,
  };
}
