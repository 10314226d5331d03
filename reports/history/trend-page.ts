import { axis, plotOptions } from '../charts/axes.ts';
import type { Chart } from '../charts/chart.ts';
import { counted, number, withUnit } from '../format.ts';
import { chartFigures, chartScripts } from '../page/charts.ts';
import { escapeHtml } from '../page/escape.ts';
import { pageOf } from '../page/page.ts';
import type { Unit } from '../summary/figure.ts';
import type { Series } from './history.ts';

const FORMAT: Record<string, string> = { ns: 'duration', ratio: 'percent', times: 'times' };

function chartOf(series: Series, index: number): Chart {
  const { name, unit, points, changes, environment } = series;
  const steps = changes.map(({ index }) => index);
  return {
    id: `trend-${index}`,
    title: name,
    reading: `n = ${counted(points.length, 'runs')} on ${environment}. ${changes.length === 0 ? 'No change point.' : `${counted(changes.length, 'change points')}, marked by ${changes.length === 1 ? 'a triangle' : 'triangles'}.`}`,
    heightPx: 220,
    config: {
      type: 'line',
      data: {
        labels: points.map(({ commit, startedAt }) => commit?.slice(0, 7) ?? startedAt.slice(0, 10)),
        datasets: [
          {
            label: name,
            borderColor: '$series3',
            backgroundColor: points.map((_, i) => (steps.includes(i) ? '$slower' : '$series3')),
            pointStyle: points.map((_, i) => (steps.includes(i) ? 'triangle' : 'circle')),
            pointRadius: points.map((_, i) => (steps.includes(i) ? 8 : 3)),
            borderWidth: 1.5,
            data: points.map(({ value }) => value),
          },
        ],
      },
      options: plotOptions(
        {
          x: axis({ type: 'category', title: 'run (commit or day)' }),
          y: axis({
            title: unit === 'ns' ? 'time' : unit,
            ...(FORMAT[unit] ? { format: FORMAT[unit] } : {}),
          }),
        },
        { legend: false, ...(FORMAT[unit] ? { tooltip: `${FORMAT[unit]}:tooltip:y` } : {}) },
      ),
    },
  };
}

/** The page of all figures over time, those with a change first; self-contained like a report. */
export function renderTrendPage(series: readonly Series[], chartJs: string): string {
  const ordered = [...series].sort((a, b) => b.changes.length - a.changes.length);
  const charts = ordered.map(chartOf);
  const changes = ordered.flatMap(({ name, unit, points, changes }) =>
    changes.map(
      ({ startedAt, commit, ratio, p, index }) =>
        `<tr><th scope="row">${escapeHtml(name)}</th><td class="text">${escapeHtml(startedAt)}<small>${escapeHtml(commit ?? 'no commit')}</small></td><td><b>${number(ratio)}×</b><small>to ${withUnit(points[index]!.value, unit as Unit)}</small></td><td>p = ${number(p)}<small>n = ${points.length} runs</small></td></tr>`,
    ),
  );
  const body = `<h1>Figures over time</h1>
<p class="muted">One series per figure and environment. A change point is where the values before and after differ beyond chance (E-divisive, permutation test). About one series in a hundred has one by chance; ${series.length === 1 ? 'there is one' : `there are ${series.length}`}.</p>
<h2>Changes</h2>
${changes.length === 0 ? '<p>No change point.</p>' : `<div class="scroll" tabindex="0"><table><thead><tr><th>Figure</th><th class="text">First run after</th><th>Mean after ÷ before</th><th>Evidence</th></tr></thead><tbody>${changes.join('\n')}</tbody></table></div>`}
<h2>Series</h2>
${chartFigures(charts)}
${chartScripts(charts, chartJs)}`;
  return pageOf({ title: 'Trend', body });
}
