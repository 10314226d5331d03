import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { chartsOf } from './charts/charts.ts';
import { syntheticResult } from './fixtures/synthetic-result.ts';
import { renderMarkdown } from './markdown.ts';
import { summarise } from './summary.ts';

const golden = new URL('./fixtures/synthetic-report.golden.md', import.meta.url);

test('the synthetic result renders to the golden report (UPDATE_GOLDEN=1 writes it anew)', () => {
  const summary = summarise(syntheticResult());
  const report = renderMarkdown(summary, chartsOf(summary));
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, report);
  assert.equal(report, readFileSync(golden, 'utf8'));
});

test('every number of the comparison table stands with its samples', () => {
  const summary = summarise(syntheticResult({ rounds: 2 }));
  const cells = renderMarkdown(summary, [])
    .split('\n')
    .filter((line) => /^\| (Latency|Hits|Work|Memory)/.test(line))
    .flatMap((line) => line.split(' | ').slice(1));
  assert.ok(cells.length > 40);
  for (const cell of cells) assert.match(cell, /^–|n = [\d,]+ [a-z]+/);
});
