import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartsOf } from './charts/charts.ts';
import { syntheticResult } from './fixtures/synthetic-result.ts';
import { renderPng } from './render-png.ts';
import { summarise } from './summary.ts';

const PNG_MAGIC = '89504e470d0a1a0a';

test('every chart becomes a PNG of its own height', () => {
  const charts = chartsOf(summarise(syntheticResult({ rounds: 6, requestsPerBlock: 60 })));
  assert.ok(charts.length >= 7);
  for (const chart of charts) {
    const png = renderPng(chart);
    assert.equal(png.subarray(0, 8).toString('hex'), PNG_MAGIC, chart.id);
    assert.equal(png.readUInt32BE(20), 2 * (chart.heightPx + 40), chart.id);
  }
});

test('a run without blocks still draws, or leaves the chart out', () => {
  const empty = { ...syntheticResult({ rounds: 1 }), blocks: [], memory: [], coldStarts: [] };
  for (const chart of chartsOf(summarise(empty))) assert.ok(renderPng(chart).length > 0, chart.id);
});

test('charts are plain data: they survive JSON unchanged', () => {
  const charts = chartsOf(summarise(syntheticResult({ rounds: 6, requestsPerBlock: 60 })));
  assert.deepEqual(JSON.parse(JSON.stringify(charts)), charts);
});
