import { seededRng } from '../statistics/rng.ts';
import { GATE_RULES, type GateRules } from './rules.ts';
import type { GateStage } from './sample.ts';
import { judgeStage, type MetricVerdict, type StageVerdict } from './stage.ts';
import { type StageChanges, stageChanges } from './timed.ts';

export type GateVerdict = 'PASS' | 'REGRESSED' | 'INCONCLUSIVE';

/** The gate's answer, and everything it rests on. */
export interface GateDecision {
  readonly verdict: GateVerdict;
  readonly because: readonly string[];
  /** `confirm`: the first stage saw a regression; run the second with fresh processes and decide again. */
  readonly next: 'confirm' | null;
  readonly first: StageVerdict;
  readonly confirm: StageVerdict | null;
  /** Metrics that regressed in both stages. */
  readonly regressions: readonly MetricVerdict[];
}

export interface GateEvidence {
  readonly first: GateStage;
  /** Null until the first stage asked for it. */
  readonly confirm: GateStage | null;
  /** Why the machine is unfit to judge, in words; empty when it is fit. */
  readonly unfit: readonly string[];
  /** Default: GATE_RULES. */
  readonly rules?: GateRules;
  /** Seed of the bootstraps: the same evidence gives the same decision. */
  readonly seed: number;
}

const regressed = ({ metrics }: StageVerdict) => metrics.filter(({ outcome }) => outcome === 'regressed');
const undecided = ({ metrics }: StageVerdict) => metrics.filter(({ outcome }) => outcome === 'inconclusive');
const inWords = ({ metric, because }: MetricVerdict) => `${metric}: ${because}`;

/**
 * Decides a gate. REGRESSED needs the same metric to regress in two stages with fresh processes. PASS needs samples
 * for every metric, a quiet A/A control and a fit machine. All else is INCONCLUSIVE: never green, never red.
 */
export function decideGate(evidence: GateEvidence): GateDecision {
  const { unfit, rules = GATE_RULES, seed } = evidence;
  return decideMeasured({
    first: measured(evidence.first, rules, seed),
    confirm: evidence.confirm && measured(evidence.confirm, rules, seed + 1),
    unfit,
    rules,
  });
}

/** A stage with its changes measured, ready for any rules. */
export interface MeasuredStage {
  readonly stage: GateStage;
  readonly changes: StageChanges;
}

/** Measures a stage's changes once. */
export function measured(stage: GateStage, rules: GateRules, seed: number): MeasuredStage {
  return { stage, changes: stageChanges(stage.pairs, rules.blockLength, seededRng(seed)) };
}

/** Applies the rules to what was measured. */
export function decideMeasured({
  first: one,
  confirm: two,
  unfit,
  rules,
}: {
  readonly first: MeasuredStage;
  readonly confirm: MeasuredStage | null;
  readonly unfit: readonly string[];
  readonly rules: GateRules;
}): GateDecision {
  const first = judgeStage(one.stage, one.changes, rules);
  const confirm = two && judgeStage(two.stage, two.changes, rules);
  const decide = (
    verdict: GateVerdict,
    because: readonly string[],
    more: Partial<Pick<GateDecision, 'next' | 'regressions'>> = {},
  ): GateDecision => ({ verdict, because, next: null, first, confirm, regressions: [], ...more });

  const doubts = [...unfit, ...first.controlFailures, ...(confirm?.controlFailures ?? [])];
  if (doubts.length > 0) return decide('INCONCLUSIVE', doubts);

  const suspects = regressed(first);
  if (suspects.length > 0 && confirm === null) {
    return decide(
      'INCONCLUSIVE',
      suspects.map((one) => `not yet confirmed: ${inWords(one)}`),
      { next: 'confirm' },
    );
  }
  const confirmed = suspects.filter(
    ({ metric }) => confirm !== null && regressed(confirm).some((one) => one.metric === metric),
  );
  if (confirmed.length > 0) return decide('REGRESSED', confirmed.map(inWords), { regressions: confirmed });

  // What the second stage measured afresh replaces what the first could not decide.
  const open = undecided(confirm ?? first);
  if (open.length > 0) return decide('INCONCLUSIVE', open.map(inWords));
  return decide(
    'PASS',
    suspects.map(({ metric }) => `${metric}: a first suspicion was not confirmed`),
  );
}
