import { type Chart, formats, revive } from '../charts/chart.ts';
import { DARK, LIGHT } from '../charts/palette.ts';
import { escapeHtml, scriptJson } from './escape.ts';

/** The places in the page where the charts are drawn, each with its title and how to read it. */
export function chartFigures(charts: readonly Chart[]): string {
  return charts
    .map(
      ({ id, title, reading, heightPx }) => `<h3>${escapeHtml(title)}</h3>
<figure><figcaption>${escapeHtml(reading)}</figcaption>
<div class="chart" style="height:${heightPx}px"><canvas id="${id}" role="img" aria-label="${escapeHtml(`${title}. ${reading}`)}"></canvas></div></figure>`,
    )
    .join('\n');
}

/**
 * The scripts that draw them: chart.js itself, the charts as data, and the same `revive` and `formats` that the
 * PNGs use, as source text. Redrawn when the reader switches between light and dark.
 */
export function chartScripts(charts: readonly Chart[], chartJs: string): string {
  const library = chartJs
    .replaceAll(/^\/\/# sourceMappingURL=.*$/gm, '')
    .replaceAll('</script', '<\\/script');
  const named = Object.entries(formats)
    .map(([name, format]) => `${JSON.stringify(name)}: ${format.toString()}`)
    .join(',\n');
  return `<script>${library}</script>
<script>
const charts = ${scriptJson(charts.map(({ id, config }) => ({ id, config })))};
const palettes = ${scriptJson({ light: LIGHT, dark: DARK })};
const formats = {${named}};
${revive.toString()}
const dark = matchMedia('(prefers-color-scheme: dark)');
let drawn = [];
function draw() {
  for (const chart of drawn) chart.destroy();
  const theme = dark.matches ? 'dark' : 'light';
  const palette = palettes[theme];
  Chart.defaults.font.size = innerWidth < 600 ? 10 : 12;
  drawn = charts.map(({ id, config }) => new Chart(document.getElementById(id), revive(config, palette, formats)));
  Object.assign(document.documentElement.dataset, { charts: drawn.length, theme });
}
dark.addEventListener('change', draw);
draw();
</script>`;
}
