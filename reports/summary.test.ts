import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SYNTHETIC_SCENARIOS, syntheticResult } from './fixtures/synthetic-result.ts';
import { cautions } from './notes.ts';
import { parseResult } from './parse-result.ts';
import type { Result } from './schema.ts';
import { namedFigures } from './summary/figures.ts';
import { winnersOf } from './summary/winners.ts';
import { summarise } from './summary.ts';

const result = syntheticResult();
const summary = summarise(result);
const scenario = (name: string, of = summary) => of.scenarios.find((one) => one.name === name)!;

function withBlocks(
  change: (block: Result['blocks'][number], index: number) => Partial<Result['blocks'][number]>,
) {
  return { ...result, blocks: result.blocks.map((block, i) => ({ ...block, ...change(block, i) })) };
}

test('a synthetic result obeys the schema and survives JSON', () => {
  assert.deepEqual(parseResult(JSON.parse(JSON.stringify(result))), result);
});

test('a result of another schema version is refused with what to do', () => {
  assert.throws(() => parseResult({ ...result, schemaVersion: 99 }), /schema version 99.*run again/);
  assert.throws(() => parseResult([]), /no schemaVersion/);
  assert.throws(() => parseResult({ ...result, runId: 7 }), /damaged \(runId/);
});

test('the same result gives the same summary, to the last interval', () => {
  assert.deepEqual(summarise(syntheticResult()), summary);
});

test('hit ratio and hit latency come out as they went in', () => {
  for (const { name, hitRatio, hitNs, hitOutcome } of SYNTHETIC_SCENARIOS) {
    const found = scenario(name);
    assert.ok(Math.abs(found.hitRatio.value! - hitRatio) < 0.02, name);
    if (hitOutcome === null) continue;
    const { latency } = found.outcomes.find(({ outcome }) => outcome === hitOutcome)!;
    assert.ok(Math.abs(latency.p50.value! / hitNs - 1) < 0.35, name);
  }
});

test('every interval holds its value', () => {
  for (const { figure, value, low, high } of namedFigures(summary)) {
    if (value === null || low === null || high === null) continue;
    assert.ok(low <= value && value <= high, `${figure}: ${low} ≤ ${value} ≤ ${high}`);
  }
});

test('every figure says its unit and how many samples it rests on', () => {
  for (const { figure, value, unit, n } of namedFigures(summary)) {
    assert.ok(unit.length > 0, figure);
    assert.ok(value === null || n > 0, figure);
  }
});

test('emulated stands on what the origin can touch, and on nothing else', () => {
  const l1 = scenario('in-process-l1');
  assert.equal(l1.request.p50.emulated, true);
  assert.equal(l1.l1PerRead.p50.emulated, false);
  assert.equal(l1.outcomes.find(({ outcome }) => outcome === 'l1')!.latency.p50.emulated, false);
  assert.equal(l1.outcomes.find(({ outcome }) => outcome === 'origin')!.latency.p50.emulated, true);
  assert.equal(l1.hitRatio.emulated, false);
});

test('the baseline is shared-redis wherever it stands, else the first scenario', () => {
  assert.equal(summary.baseline, 'shared-redis');
  const other = syntheticResult({ rounds: 1, scenarios: [SYNTHETIC_SCENARIOS[3]!, SYNTHETIC_SCENARIOS[0]!] });
  assert.equal(summarise(other).baseline, 'in-process-l1');
});

test('a scenario that is faster in every round is called faster, and one that is slower, slower', () => {
  const verdict = (name: string) =>
    summary.comparisons.find((one) => one.scenario === name && one.figure === 'read mean')!.verdict;
  assert.equal(verdict('in-process-l1'), 'faster');
  assert.equal(verdict('no-cache'), 'slower');
});

test('five pairs are too few for a verdict, however clear they look', () => {
  const short = summarise(syntheticResult({ rounds: 5, requestsPerBlock: 60 }));
  assert.deepEqual([...new Set(short.comparisons.map(({ verdict }) => verdict))], ['INCONCLUSIVE']);
});

test('the same scenario twice is INCONCLUSIVE', () => {
  const twin = SYNTHETIC_SCENARIOS[1]!;
  const twins = syntheticResult({
    scenarios: [twin, { ...twin, name: 'twin' }],
    rounds: 12,
    requestsPerBlock: 60,
  });
  const { comparisons } = summarise(twins);
  assert.equal(comparisons.find(({ figure }) => figure === 'request p50')!.verdict, 'INCONCLUSIVE');
});

test('an invalid block leaves its pair and its figures, and is counted under the rule it broke', () => {
  const broken = summarise(
    withBlocks((block, i) =>
      block.scenario === 'in-process-l1' && block.round < 2
        ? { brokenRules: [{ rule: 'failed-requests', detail: `${i} of 220 requests failed: reset` }] }
        : {},
    ),
  );
  assert.deepEqual(
    broken.validity.byRule.map(({ scenario, rule, blocks }) => ({ scenario, rule, blocks })),
    [{ scenario: 'in-process-l1', rule: 'failed-requests', blocks: 2 }],
  );
  assert.match(broken.validity.byRule[0]!.firstDetail, /requests failed: reset/);
  assert.deepEqual(scenario('in-process-l1', broken).blocks, { valid: 6, invalid: 2 });
  assert.ok(
    broken.comparisons.filter((one) => one.scenario === 'in-process-l1').every(({ pairs }) => pairs === 6),
  );
});

test('a run whose blocks are all invalid has no figures and no verdicts', () => {
  const nothing = summarise(
    withBlocks(() => ({ brokenRules: [{ rule: 'nothing-due', detail: 'no request was due' }] })),
  );
  assert.equal(scenario('in-process-l1', nothing).request.p50.value, null);
  assert.ok(nothing.comparisons.every(({ verdict, ratio }) => verdict === 'INCONCLUSIVE' && ratio === null));
});

test('memory that was read after a fill whose requests failed is in no figure, and the reader is told first', () => {
  const failed = { rule: 'failed-requests' as const, detail: '40 of 300 requests failed: HTTP 503' };
  const unfilled = (scenario: string) =>
    summarise({
      ...result,
      memory: result.memory.map((reading) =>
        reading.scenario === scenario ? { ...reading, brokenRules: [failed] } : reading,
      ),
    });
  assert.equal(scenario('redis-sidecar', unfilled('redis-sidecar')).memory, null);
  assert.match(
    cautions(unfilled('redis-sidecar')).join(),
    /memory of redis-sidecar is left out.*40 of 300 requests failed: HTTP 503/,
  );
  // Nor is anything measured against it.
  const other = scenario('redis-sidecar', unfilled('no-cache')).memory!;
  assert.equal(other.addedPerPayloadByte.value, null);
  assert.notEqual(other.pod.value, null);
});

test('the balance sheet closes at 2 % and not beyond', () => {
  assert.equal(scenario('redis-sidecar').memory!.balance.closes, true);
  const off = structuredClone(result);
  off.memory[3]!.pods[0]!.totals.application *= 1.1;
  const { balance } = scenario('in-process-l1', summarise(off)).memory!;
  assert.equal(balance.closes, false);
  assert.ok(balance.worstGapRatio > 0.03);
});

test('200 pods are 200 mean pods and the shared servers once, for every scenario alike', () => {
  for (const { name, memory } of summary.scenarios) {
    const expected = 200 * memory!.pod.value! + memory!.sharedBytes;
    assert.ok(Math.abs(memory!.fleet.total.value! - expected) < 1, name);
    const parts = Object.values(memory!.fleet.parts).reduce((sum, bytes) => sum + bytes, 0);
    assert.ok(Math.abs(parts + memory!.sharedBytes - expected) < 1, name);
  }
});

test('bytes added per payload byte are what the mesh holds beyond the mesh without a cache', () => {
  assert.ok(Math.abs(scenario('redis-sidecar').memory!.addedPerPayloadByte.value! - (2.5 + 4.5) / 3) < 0.2);
  assert.equal(scenario('no-cache').memory!.addedPerPayloadByte.value, null);
});

test('where some pods were read, they stand for all beside what all pods share', () => {
  const sampled = structuredClone(result);
  for (const reading of sampled.memory)
    reading.pods = reading.pods.filter(({ service }) => service % 4 === 0);
  // 8 MiB more in each of 8 pods, beside the 30 MiB of the server: leaving six of them out shows.
  const added = (of: Result) => {
    const heavier = structuredClone(of);
    for (const pod of heavier.memory[1]!.pods) pod.totals.application += 8 * 2 ** 20;
    return scenario('shared-redis', summarise(heavier)).memory!.addedPerPayloadByte.value!;
  };
  assert.ok(Math.abs(added(sampled) / added(result) - 1) < 0.1, `${added(sampled)}, not ${added(result)}`);
});

test('bytes per payload byte of a filled cache are what it grew by over the payload', () => {
  assert.equal(scenario('in-process-l1').memory!.filledPerPayloadByte.value, 20 / 16);
  assert.equal(scenario('no-cache').memory!.filledPerPayloadByte.value, null);
});

test('bytes added per payload byte are left out where two deployments differ by more than the payload', () => {
  const noisy = structuredClone(result);
  for (const [i, pod] of noisy.memory[3]!.pods.entries())
    pod.totals.application += (i % 2 === 0 ? 9 : -9) * 2 ** 20;
  assert.equal(scenario('in-process-l1', summarise(noisy)).memory!.addedPerPayloadByte.value, null);
});

test('a p99 of fewer than a hundred samples is no figure', () => {
  const few = scenario('in-process-l1', summarise(syntheticResult({ rounds: 1, requestsPerBlock: 60 })));
  assert.equal(few.request.p99.value, null);
  assert.ok(few.request.p50.value !== null && few.read.p99.value !== null);
});

test('a lead between two figures measured once is not called noise', () => {
  const winners = new Map(winnersOf(summary).map((one) => [one.name, one]));
  assert.equal(winners.get('per payload byte, filled')!.margin, 'no interval');
});

test('the best in a figure wins it, ours or not, and a close race is within noise', () => {
  const winners = new Map(winnersOf(summary).map((one) => [one.name, one]));
  assert.equal(winners.get('read p50')!.scenario, 'in-process-l1');
  assert.equal(winners.get('read p50')!.margin, 'clear');
  assert.equal(winners.get('hit ratio')!.scenario, 'shared-redis');
  assert.equal(winners.get('stale reads')!.scenario, 'no-cache');
  const twin = SYNTHETIC_SCENARIOS[1]!;
  const close = summarise(syntheticResult({ scenarios: [twin, { ...twin, name: 'twin' }] }));
  assert.ok(winnersOf(close).some(({ margin }) => margin === 'within noise'));
});

test('CPU is won by the verdict of its pairs, as the table of ratios shows it', () => {
  const withVerdict = (verdict: 'faster' | 'INCONCLUSIVE') => ({
    ...summary,
    comparisons: summary.comparisons.map((one) =>
      one.scenario === 'in-process-l1' && one.figure === 'CPU per request' ? { ...one, verdict } : one,
    ),
    scenarios: summary.scenarios.filter(({ name }) => name === 'shared-redis' || name === 'in-process-l1'),
  });
  const margin = (of: typeof summary) =>
    winnersOf(of).find(({ name }) => name === 'CPU of all parts')!.margin;
  assert.equal(margin(withVerdict('faster')), 'clear');
  assert.equal(margin(withVerdict('INCONCLUSIVE')), 'within noise');
});

test('what the preload answered is a share of all reads that came by, those that waited for others among them', () => {
  const coverage = { hits: 60, misses: 25, shared: 10, bypass: 5, faults: 0 };
  const found = scenario('no-cache', summarise(withBlocks(() => ({ coverage })))).coverage!;
  assert.deepEqual([found.hits.value, found.misses.value, found.bypass.value], [0.6, 0.25, 0.05]);
});
