import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { syntheticResult } from '../fixtures/synthetic-result.ts';
import { seededRng } from '../statistics/rng.ts';
import { summarise } from '../summary.ts';
import { changePoints } from './change-points.ts';
import { type HistoryEntry, historyEntry, historyEntrySchema, seriesOf } from './history.ts';
import { renderTrendPage } from './trend-page.ts';

/** Noise around a level for each stretch. */
function stretches(seed: number, ...levels: readonly [level: number, runs: number][]): number[] {
  const rng = seededRng(seed);
  return levels.flatMap(([level, runs]) => Array.from({ length: runs }, () => level * (0.95 + 0.1 * rng())));
}

const find = (values: readonly number[]) => changePoints(values, { rng: seededRng(1), permutations: 199 });

test('a step is found at its run', () => {
  assert.deepEqual(
    find(stretches(3, [100, 20], [130, 20])).map(({ index }) => index),
    [20],
  );
});

test('two steps are found, in order', () => {
  const found = find(stretches(4, [100, 15], [140, 15], [100, 15])).map(({ index }) => index);
  assert.deepEqual(found, [15, 30]);
});

test('noise alone seldom has a change point', () => {
  const alarms = Array.from({ length: 40 }, (_, seed) => find(stretches(seed, [100, 30])).length).filter(
    Boolean,
  );
  assert.ok(alarms.length <= 2, `${alarms.length} of 40`);
});

test('one outlier is no change', () => {
  const values = stretches(6, [100, 30]);
  values[15] = 900;
  assert.deepEqual(find(values), []);
});

test('a series too short, or of one value, has none', () => {
  assert.deepEqual(find([1, 2, 3, 4, 5, 6, 7, 8, 9]), []);
  assert.deepEqual(find(Array.from({ length: 30 }, () => 7)), []);
});

test('change points are in order, inside the series, and apart', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 }), (values) => {
      const found = find(values).map(({ index }) => index);
      [0, ...found, values.length].reduce((before, index) => {
        assert.ok(index - before >= 5 || found.length === 0);
        return index;
      });
    }),
    { numRuns: 30 },
  );
});

const day = (i: number) => new Date(Date.UTC(2026, 0, 1 + i)).toISOString();

function entries(values: readonly number[], environment = 'machine A'): HistoryEntry[] {
  return values.map((value, i) => ({
    historyVersion: 1,
    runId: `run-${i}`,
    startedAt: day(i),
    commit: `c0ffee${String(i).padStart(2, '0')}`,
    environment,
    figures: [{ name: 'in-process-l1: request p50', unit: 'ns', value }],
  }));
}

test('a history tells the first commit after a change and by how much, whatever order the files came in', () => {
  const ordered = entries(stretches(3, [100, 12], [150, 12]));
  const [series] = seriesOf([...ordered].reverse(), seededRng(1));
  assert.equal(series!.changes.length, 1);
  assert.equal(series!.changes[0]!.commit, 'c0ffee12');
  assert.ok(Math.abs(series!.changes[0]!.ratio - 1.5) < 0.05);
});

test('runs of different machines are different series', () => {
  const all = [...entries(stretches(1, [100, 12])), ...entries(stretches(2, [300, 12]), 'machine B')];
  const series = seriesOf(all, seededRng(1));
  assert.equal(series.length, 2);
  assert.ok(series.every(({ changes }) => changes.length === 0));
});

test('runs with another seed, driver, budget, fan-out or time scale are no runs of one series', () => {
  const result = syntheticResult({ rounds: 1, requestsPerBlock: 10 });
  const environmentOf = (settings: Partial<typeof result.settings>) =>
    historyEntry(summarise({ ...result, settings: { ...result.settings, ...settings } })).environment;
  const changed: Partial<typeof result.settings>[] = [
    { seed: 2 },
    { driver: 'k6' },
    { budgetBytes: 2 ** 20 },
    { fanOut: 'sequential' },
    { timeScale: 10 },
  ];
  for (const settings of changed) assert.notEqual(environmentOf(settings), environmentOf({}));
});

test('an entry made from a run is valid and small', () => {
  const entry = historyEntry(summarise(syntheticResult({ rounds: 2, requestsPerBlock: 30 })));
  assert.deepEqual(historyEntrySchema.parse(JSON.parse(JSON.stringify(entry))), entry);
  assert.ok(JSON.stringify(entry).length < 30_000);
});

test('the trend page leads with the changes', () => {
  const page = renderTrendPage(seriesOf(entries(stretches(3, [100, 12], [150, 12])), seededRng(1)), '');
  assert.match(page, /one series in a hundred has one by chance; there is one\./);
  assert.ok(page.includes('c0ffee12') && page.indexOf('c0ffee12') < page.indexOf('<canvas'));
});
