import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  EXACT_BASE,
  type SyntheticGate,
  syntheticRounds,
  syntheticStage,
} from '../fixtures/synthetic-gate.ts';
import { syntheticResult } from '../fixtures/synthetic-result.ts';
import { seededRng } from '../statistics/rng.ts';
import { decideGate, type GateDecision } from './decision.ts';
import { unfitness } from './machine.ts';
import { recordedRounds, replayGate, rocOf } from './replay.ts';
import { gateJunit, gateMarkdown } from './report.ts';
import { rocChart, rocMarkdown } from './roc-report.ts';
import { EXACT_METRICS, gatePairs } from './sample.ts';

type Change = Partial<SyntheticGate>;

/** Both stages of a gate over made-up blocks; the second runs only when the first asks for it. */
function gate(change: Change, confirm: Change = change): GateDecision {
  const first = syntheticStage({ seed: 11, pairs: 16, ...change });
  const decision = decideGate({ first, confirm: null, unfit: [], seed: 1 });
  if (decision.next === null) return decision;
  return decideGate({
    first,
    confirm: syntheticStage({ seed: 12, pairs: 20, ...confirm }),
    unfit: [],
    seed: 1,
  });
}

test('the same code on both sides passes', () => {
  assert.equal(gate({}).verdict, 'PASS');
});

test('a head that is 30 % slower is REGRESSED, in p50, after both stages', () => {
  const decision = gate({ slower: 0.3 });
  assert.equal(decision.verdict, 'REGRESSED');
  assert.deepEqual(
    decision.regressions.map(({ metric }) => metric),
    ['request p50'],
  );
});

test('a suspicion alone fails nobody: the gate asks for the second stage', () => {
  const first = syntheticStage({ seed: 11, pairs: 16, slower: 0.3 });
  const decision = decideGate({ first, confirm: null, unfit: [], seed: 1 });
  assert.equal(decision.verdict, 'INCONCLUSIVE');
  assert.equal(decision.next, 'confirm');
});

test('a suspicion that the second stage does not share passes, and is told', () => {
  const decision = gate({ slower: 0.3 }, { slower: 0 });
  assert.equal(decision.verdict, 'PASS');
  assert.match(decision.because.join(), /not confirmed/);
});

test('one Redis command more is enough: exact counts have no tolerance', () => {
  const more = { ...EXACT_BASE, 'Redis commands per request': { value: 1.001, n: 1000 } };
  const decision = gate({ exactHead: more });
  assert.equal(decision.verdict, 'REGRESSED');
  assert.equal(decision.regressions[0]!.metric, 'Redis commands per request');
});

test('a lower hit ratio regresses, a higher one does not', () => {
  const withHits = (value: number) => ({ exactHead: { ...EXACT_BASE, 'hit ratio': { value, n: 1000 } } });
  assert.equal(gate(withHits(0.89)).verdict, 'REGRESSED');
  assert.equal(gate(withHits(0.91)).verdict, 'PASS');
});

for (const metric of EXACT_METRICS) {
  test(`${metric} without samples never passes`, () => {
    const { [metric]: _, ...rest } = EXACT_BASE;
    assert.equal(gate({ exactHead: rest }).verdict, 'INCONCLUSIVE');
    assert.equal(
      gate({ exactHead: { ...EXACT_BASE, [metric]: { value: 0, n: 0 } } }).verdict,
      'INCONCLUSIVE',
    );
  });
}

test('no pairs at all, or too few, is INCONCLUSIVE', () => {
  assert.equal(gate({ pairs: 0 }).verdict, 'INCONCLUSIVE');
  assert.equal(gate({ pairs: 11 }).verdict, 'INCONCLUSIVE');
});

test('a count that differs between two copies of the base is not exact and decides nothing', () => {
  const stage = syntheticStage({ seed: 11, pairs: 16 });
  const control = { ...EXACT_BASE, 'bytes per request': { value: 99, n: 1000 } };
  const decision = decideGate({
    first: { ...stage, exact: { ...stage.exact, control } },
    confirm: null,
    unfit: [],
    seed: 1,
  });
  assert.equal(decision.verdict, 'INCONCLUSIVE');
  assert.match(decision.because.join(), /not exact here/);
});

test('a count that the second copy of the base does not have is not known to be exact, and decides nothing', () => {
  const stage = syntheticStage({ seed: 11, pairs: 16 });
  const first = { ...stage, exact: { ...stage.exact, control: {} } };
  assert.equal(decideGate({ first, confirm: null, unfit: [], seed: 1 }).verdict, 'INCONCLUSIVE');
});

test('a control that differs from its twin makes everything INCONCLUSIVE, even a clear regression', () => {
  const decision = gate({ slower: 0.5, controlSlower: 0.3 });
  assert.equal(decision.verdict, 'INCONCLUSIVE');
  assert.match(decision.because.join(), /A\/A control/);
});

test('an unfit machine is INCONCLUSIVE whatever it measured', () => {
  const { environment } = syntheticResult({ rounds: 1 });
  assert.deepEqual(unfitness(environment), []);
  const unfit = unfitness({ ...environment, stealRatio: 0.2 });
  assert.match(unfit[0]!, /hypervisor took 20 %/);
  const first = syntheticStage({ seed: 11, pairs: 16 });
  assert.equal(decideGate({ first, confirm: null, unfit, seed: 1 }).verdict, 'INCONCLUSIVE');
});

test('a machine too noisy to rule out +25 % does not pass', () => {
  assert.equal(gate({ noise: 0.9 }).verdict, 'INCONCLUSIVE');
});

test('the same evidence gives the same decision', () => {
  assert.deepEqual(gate({ slower: 0.3 }), gate({ slower: 0.3 }));
});

test('invalid blocks and blocks without a request leave their pair', () => {
  const { blocks } = syntheticResult({
    rounds: 4,
    requestsPerBlock: 40,
    scenarios: ['base', 'head', 'control'].map((name) => ({
      name,
      hitOutcome: 'l1' as const,
      hitRatio: 0.9,
      hitNs: 400,
    })),
  });
  assert.equal(gatePairs(blocks).length, 4);
  const broken = blocks.map((block) => {
    if (block.round === 0 && block.scenario === 'head')
      return { ...block, brokenRules: [{ rule: 'generator-lag' as const, detail: 'lagged' }] };
    if (block.round === 1 && block.scenario === 'control') return { ...block, latencyNs: null };
    return block;
  });
  const pairs = gatePairs(broken);
  assert.equal(pairs.length, 3);
  assert.equal(pairs[0]!.control, null);
  assert.equal(recordedRounds(broken).length, 2);
});

test('replays over recorded A/A rounds never fail, and find +40 % on this made-up machine', () => {
  const recorded = syntheticRounds({ seed: 5, pairs: 60 });
  const quiet = replayGate(recorded, { replays: 40, rng: seededRng(1) });
  assert.equal(quiet.REGRESSED, 0);
  assert.equal(quiet.PASS + quiet.INCONCLUSIVE, 40);
  const found = replayGate(recorded, { replays: 40, planted: 0.4, rng: seededRng(1) });
  assert.ok(found.REGRESSED >= 34, JSON.stringify(found));
});

test('a replay needs at least one stage of recorded rounds', () => {
  const recorded = syntheticRounds({ seed: 5, pairs: 10 });
  assert.throws(
    () => replayGate(recorded, { replays: 1, rng: seededRng(1) }),
    /10 recorded rounds are too few/,
  );
});

test('the ROC gives up detection as the tolerance grows', () => {
  const recorded = syntheticRounds({ seed: 5, pairs: 60 });
  const [strict, loose] = rocOf(recorded, [0.05, 0.35], [0.25], { replays: 15, rng: seededRng(3) });
  assert.ok(strict!.detectionRatio > loose!.detectionRatio);
  assert.equal(strict!.n, 15);
  assert.match(rocMarkdown([strict!, loose!]), /\| \+5 % \| \+25 % \|/);
  assert.equal(rocChart([strict!, loose!]).id, 'gate-roc');
});

const title = { base: 'main', head: 'feature <x>' };

test('JUnit says failure for a regression, error for what is open, and nothing for a pass', () => {
  const red = gateJunit(gate({ slower: 0.3 }), title);
  assert.match(red, /failures="2" errors="0"/);
  assert.match(red, /<failure message="/);
  assert.ok(red.includes('feature &lt;x&gt;'));
  assert.match(gateJunit(gate({}), title), /failures="0" errors="0"/);
  const open = gateJunit(gate({ pairs: 0 }), title);
  assert.match(open, /failures="0" errors="[1-9]/);
  assert.match(open, /type="INCONCLUSIVE"/);
});

test('the pull-request comment leads with the verdict and lists every metric with its n', () => {
  const comment = gateMarkdown(gate({ slower: 0.3 }), title);
  assert.match(comment, /^### l1bench gate: REGRESSED/);
  for (const metric of EXACT_METRICS) assert.ok(comment.includes(`| ${metric} |`), metric);
  assert.match(comment, /20 pairs/);
});
