import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comparedLine, compareRuns, differenceLine } from './compare.ts';
import { SYNTHETIC_SCENARIOS, syntheticResult } from './fixtures/synthetic-result.ts';

const small = { rounds: 3, requestsPerBlock: 40, scenarios: SYNTHETIC_SCENARIOS.slice(2) };
const run = syntheticResult(small);
const again = { ...syntheticResult({ ...small, seed: 2 }), settings: run.settings };

test('two runs of the same environment are compared, and differ in nothing that matters', () => {
  const comparison = compareRuns(run, again, 'refuse');
  assert.equal(comparison.state, 'compared');
  assert.deepEqual(comparison.differences, []);
});

test('a run against itself differs in no figure', () => {
  const comparison = compareRuns(run, run, 'refuse');
  assert.ok(comparison.state === 'compared' && comparison.rows.length > 30);
  for (const row of comparison.rows) {
    assert.equal(row.verdict, 'INCONCLUSIVE', comparedLine(row));
    assert.ok(row.ratio === null || row.ratio === 1);
  }
});

const matters: [string, typeof run][] = [
  ['kernel', { ...run, environment: { ...run.environment, kernel: '9.9' } }],
  ['cpuModel', { ...run, environment: { ...run.environment, cpuModel: 'other' } }],
  ['mesh', { ...run, environment: { ...run.environment, mesh: 'none' } }],
  [
    'versions.envoy',
    { ...run, environment: { ...run.environment, versions: { ...run.environment.versions, envoy: null } } },
  ],
  ['memoryMethod', { ...run, memory: run.memory.map((reading) => ({ ...reading, method: 'otherwise' })) }],
  ['scenarios', { ...run, scenarios: run.scenarios.slice(0, 1) }],
  ['budgetBytes', { ...run, settings: { ...run.settings, budgetBytes: 1 } }],
];
for (const [field, other] of matters) {
  test(`a different ${field} is refused, and shown when accepted`, () => {
    const refused = compareRuns(run, other, 'refuse');
    assert.equal(refused.state, 'refused');
    assert.deepEqual(
      refused.differences.map((one) => one.field),
      [field],
    );
    const accepted = compareRuns(run, other, 'accept');
    assert.equal(accepted.state, 'compared');
    assert.match(differenceLine(accepted.differences[0]!), new RegExp(`^${field}: `));
  });
}

test('noise and the commit may differ: they are what is compared', () => {
  const other = {
    ...run,
    environment: {
      ...run.environment,
      stealRatio: 0.3,
      versions: { ...run.environment.versions, commit: 'abc', l1bench: '0.2.0' },
    },
  };
  assert.equal(compareRuns(run, other, 'refuse').state, 'compared');
});

test('a hit that became ten times dearer is higher', () => {
  const dearer = small.scenarios.map((one) => ({ ...one, hitNs: 10 * one.hitNs }));
  const comparison = compareRuns(run, syntheticResult({ ...small, scenarios: dearer }), 'refuse');
  assert.ok(comparison.state === 'compared');
  const row = comparison.rows.find(
    ({ scenario, figure }) => scenario === 'in-process-l1' && figure.includes('in-process hit, per request'),
  );
  assert.equal(row!.verdict, 'higher');
});
