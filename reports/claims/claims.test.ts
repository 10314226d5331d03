import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { synthetic, syntheticMeasurements } from '../fixtures/synthetic-measurements.ts';
import { SYNTHETIC_SCENARIOS, syntheticResult } from '../fixtures/synthetic-result.ts';
import { summarise } from '../summary.ts';
import { CLAIM_IDS, type Claim, type ClaimId } from './claim.ts';
import { CLAIMS, CONTRADICTIONS } from './claims.ts';
import { measurementsFrom } from './from-summary.ts';
import { buildLedger, judge, type LedgerHead } from './ledger.ts';
import { ledgerMarkdown, ledgerSection } from './ledger-text.ts';
import {
  MEASURED_ON,
  type Measured,
  type Measurements,
  type ScenarioLatency,
  type Supplied,
} from './measurements.ts';
import {
  baselineForSaving,
  hitRatioForSpeedup,
  hitRatioForWholeRequests,
  meanRead,
  savedPerSecond,
} from './solve.ts';

const all = syntheticMeasurements();
const supplied: Supplied = { measurements: all, missing: {} };
const find = (id: ClaimId): Claim => CLAIMS.find((claim) => claim.id === id)!;
const verdict = (id: ClaimId, changed: Partial<Measurements> = {}) =>
  judge(find(id), { measurements: { ...all, ...changed }, missing: {} });
const head: LedgerHead = {
  runId: 'synthetic',
  startedAt: '2026-01-01T00:00:00.000Z',
  target: 'local',
  environment: syntheticResult({ rounds: 1 }).environment,
};

test('every claim of docs/claims.md is in the table once, in its order', () => {
  assert.deepEqual(
    CLAIMS.map(({ id }) => id),
    [...CLAIM_IDS],
  );
});

test('every claim names a measurement that exists and has a rule that gives a verdict', () => {
  for (const claim of CLAIMS) {
    assert.ok(claim.needs.length > 0, `${claim.id} needs no measurement`);
    for (const kind of claim.needs)
      assert.ok(kind in MEASURED_ON, `${claim.id} needs ${kind}, which nothing makes`);
    const { verdict, because, quote } = judge(claim, supplied);
    assert.notEqual(verdict, 'not testable here', claim.id);
    assert.ok(because.length > 20 && quote.length > 10, claim.id);
    assert.ok(!because.includes('NaN') && !because.includes('undefined'), `${claim.id}: ${because}`);
  }
});

test('every measurement settles at least one claim', () => {
  const used = new Set(CLAIMS.flatMap(({ needs }) => needs));
  for (const kind of Object.keys(MEASURED_ON)) assert.ok(used.has(kind as keyof Measurements), kind);
});

test('without its measurement a claim is not testable here, and says with which command it is', () => {
  const nothing: Supplied = { measurements: { arithmetic: true }, missing: { meshRoundTrip: 'needs Envoy' } };
  const mesh = judge(find('mesh-rtt'), nothing);
  assert.equal(mesh.verdict, 'not testable here');
  assert.match(mesh.because, /needs Envoy/);
  assert.equal(mesh.command, 'l1bench reproduce mesh-rtt');
  assert.equal(judge(find('injection'), nothing).command, 'l1bench reproduce injection --target kind');
  assert.equal(judge(find('500,000x'), nothing).verdict, 'refuted by arithmetic');
});

test('a measurement without a single sample decides nothing', () => {
  const empty = { ...synthetic(100), n: 0, value: null, interval: null };
  const row = verdict('in-process', {
    inProcessRead: { ratePerPod: 3, hit: empty, batch: null, mapGet: null },
  });
  assert.equal(row.verdict, 'not testable here');
  assert.match(row.because, /without a single sample/);
});

/** Both scenarios of a run, the mean read before as given and almost nothing after. */
function readsBeforeOf(mean: Measured): Measurements['baselineAndL1'] {
  const { baseline, l1 } = all.baselineAndL1;
  return {
    ...all.baselineAndL1,
    baseline: { ...baseline, read: { ...baseline.read, mean } },
    l1: { ...l1, read: { ...l1.read, mean: synthetic(1_000) } },
  };
}

/** The same value, from half of it on. */
const wide = (value: number): Measured => ({
  ...synthetic(value),
  interval: { low: value / 2, high: 2 * value, confidence: 0.95 },
});

/** Cold starts whose first interval hits as often as given; the steady ratio is above 0.8. */
function firstIntervalOf(value: number): Measurements['coldStarts'] {
  return all.coldStarts.map((start) => ({
    ...start,
    firstInterval: { ...start.firstInterval, value },
  }));
}

const cases: [ClaimId, Partial<Measurements>, string][] = [
  ['in-process', {}, 'reproduced'],
  [
    'in-process',
    { inProcessRead: { ratePerPod: 3, hit: synthetic(1_480), batch: null, mapGet: null } },
    'not reproduced',
  ],
  ['in-process', { inProcessRead: { ...all.inProcessRead, hit: synthetic(14_000) } }, 'reproduced if'],
  ['localhost', {}, 'reproduced'],
  ['localhost', { localhostRead: { ...all.localhostRead, redisTcp: synthetic(30_000) } }, 'not reproduced'],
  ['67x', {}, 'reproduced'],
  ['67x', { hitUnderLoad: { sidecarToLibrary: synthetic(30, 'times') } }, 'reproduced if'],
  ['67x', { localhostRead: { ...all.localhostRead, inProcess: synthetic(2_000) } }, 'reproduced if'],
  ['zero-copy', {}, 'reproduced if'],
  [
    'zero-copy',
    { localhostRead: { ...all.localhostRead, containerTcp: synthetic(5_000) } },
    'not reproduced',
  ],
  ['mesh-rtt', { meshRoundTrip: { ...all.meshRoundTrip, p50: synthetic(200_000) } }, 'not reproduced'],
  ['1000x', {}, 'reproduced if'],
  ['three-calls', {}, 'reproduced if'],
  [
    'three-calls',
    { baselineAndL1: { ...all.baselineAndL1, l1: { ...all.baselineAndL1.l1, hitMean: synthetic(12_000) } } },
    'not reproduced',
  ],
  ['ten-lookups', {}, 'reproduced if'],
  ['ten-lookups', { tenLookups: { ...all.tenLookups, sequential: synthetic(510_000) } }, 'not reproduced'],
  ['fan-out-5', {}, 'reproduced if'],
  [
    'fan-out-5',
    { fanOutOfFive: { ...all.fanOutOfFive, sequential: synthetic(2_550_000) } },
    'not reproduced',
  ],
  ['300-s', { baselineAndL1: readsBeforeOf(synthetic(3_000_000)) }, 'reproduced'],
  ['300-s', { baselineAndL1: readsBeforeOf(wide(3_000_000)) }, 'reproduced if'],
  ['redis-cold', {}, 'reproduced'],
  ['redis-cold', { coldStarts: firstIntervalOf(0.3) }, 'reproduced'],
  ['redis-cold', { coldStarts: firstIntervalOf(0.8) }, 'not reproduced'],
  ['redis-grows', {}, 'reproduced if'],
  ['100-gb', {}, 'reproduced'],
  ['dynamic-ttl', {}, 'reproduced'],
  ['cross-pod', { hotSetShift: { ...all.hotSetShift, alone: synthetic(3e9) } }, 'not reproduced'],
  ['no-stampede', {}, 'reproduced if'],
  ['environment', {}, 'not reproduced'],
];
for (const [id, changed, expected] of cases) {
  test(`${id} is ${expected} when ${Object.keys(changed).join(', ') || 'all is as in the fixture'}${Object.keys(changed).length > 0 ? ' is changed' : ''}`, () => {
    assert.equal(verdict(id, changed).verdict, expected);
  });
}

test('a p99 that rests on too few reads is said to be none, not NaN', () => {
  const { baseline } = all.baselineAndL1;
  const few = { ...baseline.read.p99, value: null, interval: null };
  const changed: ScenarioLatency = {
    ...baseline,
    read: { ...baseline.read, p99: few },
    readsOfRequest: { ...baseline.readsOfRequest, p99: few },
  };
  for (const id of ['1000x', 'three-calls'] as const) {
    const measurements = { ...all, baselineAndL1: { ...all.baselineAndL1, baseline: changed } };
    assert.match(judge(find(id), { measurements, missing: {} }).because, /too few to tell/, id);
  }
});

test('a run without a Redis sidecar says nothing of how one starts', () => {
  const scenarios = SYNTHETIC_SCENARIOS.filter(({ name }) => name !== 'redis-sidecar');
  const { coldStarts } = measurementsFrom(summarise(syntheticResult({ rounds: 1, scenarios })));
  assert.equal(coldStarts, undefined);
});

test('a scenario that never hits has no cold start', () => {
  const result = syntheticResult({ rounds: 1 });
  const never = {
    scenario: 'no-cache',
    endedBy: 'steady' as const,
    series: [{ tMs: 500, reads: 90, hits: 0 }],
  };
  const { coldStarts } = measurementsFrom(
    summarise({ ...result, coldStarts: [...result.coldStarts, never] }),
  );
  assert.ok(coldStarts!.length > 1 && coldStarts!.every(({ scenario }) => scenario !== 'no-cache'));
});

test('what a payload byte costs is told in the same way of Redis and of the library', () => {
  const result = syntheticResult({ rounds: 1 });
  const memory = result.memory.map((reading) =>
    reading.scenario === 'in-process-l1' ? { ...reading, filled: null } : reading,
  );
  const { memoryPerPayload } = measurementsFrom(summarise({ ...result, memory }));
  assert.equal(memoryPerPayload!.redisSidecar.how, memoryPerPayload!.l1.how);
});

test('the article’s own 1,000 times needs a hit ratio of 99.975 %', () => {
  const ratio = hitRatioForSpeedup(1000, 2e6, 1500, 2e6)!;
  assert.equal((100 * ratio).toFixed(3), '99.975');
  assert.equal(Math.round(2e6 / meanRead(0.9905, 1500, 2e6)), 98);
});

test('at the solved hit ratio the mean is exactly that many times lower', () => {
  const ns = fc.integer({ min: 1, max: 1e9 });
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 5000 }), ns, ns, ns, (times, baseline, hit, miss) => {
      const ratio = hitRatioForSpeedup(times, baseline, hit, miss);
      if (ratio === null) assert.ok(hit > baseline / times);
      else if (ratio === 0) assert.ok(miss <= baseline / times);
      else assert.ok(Math.abs((meanRead(ratio, hit, miss) * times) / baseline - 1) < 1e-6);
    }),
  );
});

test('299.8 s a second by the article’s numbers, 50.6 s with a baseline of 0.339 ms', () => {
  assert.equal(savedPerSecond(50_000, 3, 2e6, 1500).toFixed(1), '299.8');
  assert.equal(savedPerSecond(50_000, 3, 339_000, 1500).toFixed(1), '50.6');
});

test('the solved baseline saves exactly what was asked', () => {
  assert.ok(Math.abs(savedPerSecond(50_000, 3, baselineForSaving(300, 50_000, 3, 4e5), 4e5) - 300) < 1e-9);
});

test('at the solved hit ratio 99 % of the requests find all three reads', () => {
  assert.ok(Math.abs(hitRatioForWholeRequests(0.99, 3) ** 3 - 0.99) < 1e-12);
});

test('contradictions name claims of the table and stand together in the ledger', () => {
  for (const { claims } of CONTRADICTIONS) for (const id of claims) assert.ok(CLAIM_IDS.includes(id));
  const one = buildLedger([find('1000x')], supplied, head);
  assert.equal(
    one.contradictions.length,
    CONTRADICTIONS.filter(({ claims }) => claims.includes('1000x')).length,
  );
});

test('the ledger survives JSON, and its Markdown and HTML hold every claim, quote and command', () => {
  const ledger = buildLedger(CLAIMS, supplied, head);
  assert.deepEqual(JSON.parse(JSON.stringify(ledger)), ledger);
  const [markdown, html] = [ledgerMarkdown(ledger), ledgerSection(ledger)];
  for (const { id, quote, command } of ledger.rows) {
    for (const text of [markdown, html]) assert.ok(text.includes(id) && text.includes(command), id);
    assert.ok(markdown.includes(quote), id);
  }
  assert.equal(html.match(/<h3 id="claim-/g)!.length, CLAIMS.length);
});

test('a ledger from a busy machine says so before its numbers', () => {
  const environment = { ...head.environment, cpuPressureRatio: 0.99 };
  const ledger = buildLedger(CLAIMS, supplied, { ...head, environment });
  for (const text of [ledgerMarkdown(ledger), ledgerSection(ledger)])
    assert.match(text, /The machine was busy/);
  assert.doesNotMatch(ledgerMarkdown(buildLedger(CLAIMS, supplied, head)), /The machine was busy/);
});
