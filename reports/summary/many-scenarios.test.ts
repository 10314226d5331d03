import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartsOf } from '../charts/charts.ts';
import { SYNTHETIC_SCENARIOS, syntheticResult } from '../fixtures/synthetic-result.ts';
import { limits, methodNotes } from '../notes.ts';
import { summarise } from '../summary.ts';
import { overviewOf, ratioMatrixOf } from './overview.ts';
import { nextHeading, winnersOf } from './winners.ts';

/** Sixteen scenarios: the four of the fixture, four times over under other names. */
const summary = summarise(
  syntheticResult({
    rounds: 6,
    requestsPerBlock: 60,
    scenarios: ['', '-b', '-c', '-d'].flatMap((suffix) =>
      SYNTHETIC_SCENARIOS.map((scenario) => ({ ...scenario, name: `${scenario.name}${suffix}` })),
    ),
  }),
);

test('the overview has one line a scenario, with staleness and memory beside latency', () => {
  const { columns, rows } = overviewOf(summary);
  assert.equal(rows.length, 16);
  for (const name of ['request p50', 'read p50', 'stale reads', 'pod'])
    assert.ok(columns.includes(name), name);
  assert.ok(rows.every(({ cells }) => cells.length === columns.length));
});

test('the matrix of ratios holds every comparison once', () => {
  const { columns, rows } = ratioMatrixOf(summary);
  assert.equal(rows.length, 15);
  for (const { scenario, cells } of rows) {
    assert.deepEqual(
      cells.map((cell) => [cell.scenario, cell.figure]),
      columns.map(({ figure }) => [scenario, figure]),
    );
  }
});

test('a chart of curves holds six at most and says that there are others; a chart by name holds all', () => {
  for (const { id, config, reading } of chartsOf(summary)) {
    const { datasets, labels } = config.data as { datasets: unknown[]; labels?: unknown[] };
    if (['request-latency', 'read-latency', 'hit-ratio'].includes(id)) {
      assert.ok(datasets.length >= 5 && datasets.length <= 6, id);
      assert.match(reading, /the 10 others/);
    }
    if (['request-against-read', 'memory-per-pod'].includes(id)) assert.equal(labels?.length, 16, id);
  }
});

test('the winner stands beside the best of the other camp, not beside its own twin', () => {
  const readP50 = winnersOf(summary).find(({ name }) => name === 'read p50')!;
  assert.equal(readP50.made === 'ours', readP50.scenario === 'in-process-l1');
  const isOurs = (name: string) => name === 'in-process-l1';
  assert.notEqual(isOurs(readP50.scenario), isOurs(readP50.next.scenario));
});

test('where one camp made all scenarios, the best stands beside the second best', () => {
  assert.equal(nextHeading(summary), 'Best of the other camp');
  const ours = summary.scenarios.filter(({ name }) => name === 'in-process-l1');
  assert.equal(nextHeading({ ...summary, scenarios: ours }), 'Second best');
});

test('a report of many says that the best of many is flattered', () => {
  assert.ok(limits(summary).some((line) => line.includes('The best of 16')));
});

test('the method says that all scenarios ran one program, and names one that did not', () => {
  const said = (of: typeof summary) => methodNotes(of).join('\n');
  assert.match(said(summary), /same program in every scenario, byte for byte \(sha256 a{64} over 9 files\)/);
  const launches = summary.launches.map(({ scenario, launch }) => ({
    scenario,
    launch: scenario === 'in-process-l1' ? { ...launch, programSha256: 'c'.repeat(64) } : launch,
  }));
  assert.match(
    said({ ...summary, launches }),
    /NOT the same program and arguments as no-cache in in-process-l1/,
  );
});

test('what was left out is said with its reason', () => {
  const leftOut = [{ scenario: 'envoy-cache', why: 'it is a part of Envoy. Run with --mesh envoy.' }];
  assert.ok(limits({ ...summary, leftOut }).some((line) => /^envoy-cache was left out: it is/.test(line)));
});

test('a resumed run says how much of it is older than its date', () => {
  const lines = limits({ ...summary, piecesMeasuredBefore: 120 });
  assert.ok(lines.some((line) => line.includes('resumed: 120 of its warm-ups')));
});
