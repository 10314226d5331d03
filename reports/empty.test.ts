import assert from 'node:assert/strict';
import { it } from 'node:test';
import { chartsOf } from './charts/charts.ts';
import { SYNTHETIC_SCENARIOS, syntheticResult } from './fixtures/synthetic-result.ts';
import { renderHtml } from './html.ts';
import { renderMarkdown } from './markdown.ts';
import type { Result } from './schema.ts';
import { summarise } from './summary.ts';

function reportsOf(result: Result): readonly string[] {
  const summary = summarise(result);
  const charts = chartsOf(summary);
  return [renderMarkdown(summary, charts), renderHtml({ summary, charts, chartJs: '', topologySvg: null })];
}

it('a run that measured nothing has words where tables and charts would be empty', () => {
  const nothing = { ...syntheticResult({ rounds: 1 }), blocks: [], memory: [], coldStarts: [] };
  assert.deepEqual(chartsOf(summarise(nothing)), []);
  for (const report of reportsOf(nothing)) {
    assert.match(report, /Nothing that counts was measured\./);
    assert.match(report, /No figure was measured in two scenarios\./);
    assert.match(report, /No memory was read\./);
    assert.doesNotMatch(report, /<canvas|!\[.*\]\(/);
  }
});

it('a run of one scenario says that there is no second', () => {
  for (const report of reportsOf(syntheticResult({ rounds: 1, scenarios: [SYNTHETIC_SCENARIOS[3]!] })))
    assert.match(report, /There is no second scenario\./);
});
