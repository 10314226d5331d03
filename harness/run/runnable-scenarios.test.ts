import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ToolReport, ToolReports } from '../tools/tool.ts';
import { runnableScenarios } from './runnable-scenarios.ts';

const missing: ToolReport = {
  tool: 'envoy',
  state: 'missing',
  why: 'No Envoy was found.',
  howToGet: 'l1bench setup fetches one.',
};
const tools = { redis: missing, envoy: missing, k6: missing } satisfies ToolReports;
const scenarios = ['shared-redis', 'envoy-cache'].map((name) => ({ name, description: name }));

test('with a mesh everything asked for is run', () => {
  const { scenarios: run, leftOut } = runnableScenarios(
    { scenarios, asked: 'by-name' },
    { mesh: 'envoy', tools },
  );
  assert.deepEqual([run, leftOut], [scenarios, []]);
});

test('without a mesh, all leaves out what lives in a proxy, and says why and how to get one', () => {
  const { scenarios: run, leftOut } = runnableScenarios({ scenarios, asked: 'all' }, { mesh: 'none', tools });
  assert.deepEqual(
    run.map(({ name }) => name),
    ['shared-redis'],
  );
  assert.equal(leftOut[0]?.scenario, 'envoy-cache');
  assert.match(leftOut[0].why, /l1bench setup fetches one/);
});

test('without a mesh, what lives in a proxy is refused when asked for by name', () => {
  assert.throws(() => runnableScenarios({ scenarios, asked: 'by-name' }, { mesh: 'none', tools }), {
    code: 'ENVOY_MISSING',
    hint: /l1bench setup fetches one/,
  });
});
