import assert from 'node:assert/strict';
import { test } from 'node:test';
import { syntheticResult } from '../fixtures/synthetic-result.ts';
import { encodeHistogram, latencyHistogram } from '../statistics/histogram.ts';
import { summarise } from '../summary.ts';

const result = syntheticResult({ rounds: 6, requestsPerBlock: 40 });
const pauses = latencyHistogram();
for (const ns of [2e6, 10e6]) pauses.recordValue(ns);

/** Every block lasted a second; 8 pods on 2 processors. */
const blocks = result.blocks.map((block) => ({
  ...block,
  durationMs: 1_000,
  gcPauseNs: encodeHistogram(pauses),
  appCpuUs: 600_000,
  proxyCpuUs: 300_000,
  redisCpuUs: 100_000,
  driverCpuUs: block.scenario === 'no-cache' ? null : 20_000,
}));

function figureOf(scenario: string, column: string) {
  const row = summarise({ ...result, blocks }).meanwhile.find((one) => one.scenario === scenario);
  return row?.cells.find((cell) => cell.column === column)?.figure;
}

test('time in GC is of all pods, the CPU of mesh and generator of all processors', () => {
  assert.ok(Math.abs(figureOf('shared-redis', 'time in GC')!.value! - 12 / 8_000) < 1e-5);
  assert.equal(figureOf('shared-redis', 'CPU of the mesh')!.value, 0.5);
  assert.equal(figureOf('shared-redis', 'CPU of the generator')!.value, 0.01);
  assert.ok(Math.abs(figureOf('shared-redis', 'longest GC pause')!.value! - 10e6) < 2e4);
});

test('a driver that does not tell its CPU time has no figure, not nothing used', () => {
  assert.equal(figureOf('no-cache', 'CPU of the generator')!.value, null);
});
