import type { Count, Ratio } from 'l1-cache';
import type { Rng } from '../../scenarios/topology/topology.ts';
import type { Block } from '../schema.ts';
import { decideMeasured, type GateVerdict, type MeasuredStage, measured } from './decision.ts';
import { GATE_PLAN, GATE_RULES, type GateRules } from './rules.ts';
import {
  EXACT_METRICS,
  type ExactCounts,
  type GatePair,
  type GateSample,
  type GateStage,
  gatePairs,
} from './sample.ts';

/** Blocks of one round in which all three sides ran the same code. */
export interface RecordedRound {
  readonly samples: readonly [GateSample, GateSample, GateSample];
}

/** The rounds of a gate of a version against itself in which all three blocks counted. */
export function recordedRounds(blocks: readonly Block[]): RecordedRound[] {
  return gatePairs(blocks).flatMap(({ base, head, control }) =>
    control === null ? [] : [{ samples: [base, head, control] as const }],
  );
}

export interface ReplayOptions {
  readonly replays: Count;
  /** Slows the head by this share: 0.25 is +25 %. Default 0, an A/A replay. */
  readonly planted?: Ratio;
  /** Default: GATE_RULES and GATE_PLAN. */
  readonly rules?: GateRules;
  readonly firstPairs?: Count;
  readonly confirmPairs?: Count;
  readonly rng: Rng;
}

export type ReplayCounts = Readonly<Record<GateVerdict, Count>>;

const UNCHANGED: ExactCounts = Object.fromEntries(
  EXACT_METRICS.map((metric) => [metric, { value: 1, n: 1 }]),
);

function slowed({ p50Ns, cpuPerRequestUs, latency }: GateSample, by: Ratio): GateSample {
  return {
    p50Ns: p50Ns * (1 + by),
    cpuPerRequestUs,
    latency: { ...latency, valuesNs: latency.valuesNs.map((ns) => ns * (1 + by)) },
  };
}

/** A run of neighbouring rounds, each with its sides dealt anew: under A/A any of the three may be the head. */
function stageFrom(recorded: readonly RecordedRound[], pairs: Count, planted: Ratio, rng: Rng): GateStage {
  const start = Math.floor(rng() * (recorded.length - pairs + 1));
  const dealt: GatePair[] = recorded.slice(start, start + pairs).map(({ samples }) => {
    const order = [0, 1, 2];
    for (let i = 2; i > 0; i--) {
      const j = Math.floor(rng() * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    const [base, head, control] = order.map((index) => samples[index]!);
    return { base: base!, head: planted === 0 ? head! : slowed(head!, planted), control: control! };
  });
  return { pairs: dealt, exact: { base: UNCHANGED, head: UNCHANGED, control: UNCHANGED } };
}

/** Plays the gate over one recording under several rules; what is drawn and measured is the same for all of them. */
function replay(
  recorded: readonly RecordedRound[],
  { replays, planted = 0, rng, ...sizes }: Omit<ReplayOptions, 'rules'>,
  allRules: readonly GateRules[],
): ReplayCounts[] {
  const { firstPairs = GATE_PLAN.firstPairs, confirmPairs = GATE_PLAN.confirmPairs } = sizes;
  const needed = Math.max(firstPairs, confirmPairs);
  if (recorded.length < needed) {
    throw new Error(
      `${recorded.length} recorded rounds are too few to replay: a stage takes ${needed}; record longer`,
    );
  }
  const counts = allRules.map((): Record<GateVerdict, Count> => ({ PASS: 0, REGRESSED: 0, INCONCLUSIVE: 0 }));
  for (let i = 0; i < replays; i++) {
    const stage = (pairs: Count) => measured(stageFrom(recorded, pairs, planted, rng), GATE_RULES, i);
    const first = stage(firstPairs);
    let second: MeasuredStage | null = null;
    allRules.forEach((rules, which) => {
      let decision = decideMeasured({ first, confirm: null, unfit: [], rules });
      if (decision.next === 'confirm') {
        second ??= stage(confirmPairs);
        decision = decideMeasured({ first, confirm: second, unfit: [], rules });
      }
      counts[which]![decision.verdict] += 1;
    });
  }
  return counts;
}

/**
 * Plays the whole gate, both stages, over recorded A/A rounds, and counts its verdicts. Neighbouring rounds stay
 * together, so the machine's slow spells are in the replay as they were. Both stages come from one recording, so
 * they are more alike than two real ones: the false alarms counted here are an upper bound.
 * @throws {Error} when the recording is shorter than a stage.
 */
export function replayGate(recorded: readonly RecordedRound[], options: ReplayOptions): ReplayCounts {
  return replay(recorded, options, [options.rules ?? GATE_RULES])[0]!;
}

/** One point of the ROC curve: a tolerance for p50, with what it costs and what it finds. */
export interface RocPoint {
  readonly tolerance: Ratio;
  readonly planted: Ratio;
  readonly falseFailRatio: Ratio;
  readonly detectionRatio: Ratio;
  /** Of the A/A replays. */
  readonly inconclusiveRatio: Ratio;
  readonly n: Count;
}

/** False failures and detection over tolerances and planted regressions. */
export function rocOf(
  recorded: readonly RecordedRound[],
  tolerances: readonly Ratio[],
  planted: readonly Ratio[],
  options: Omit<ReplayOptions, 'planted'>,
): RocPoint[] {
  const { rules = GATE_RULES, replays } = options;
  const allRules = tolerances.map((tolerance) => ({
    ...rules,
    tolerance: { ...rules.tolerance, 'request p50': tolerance },
  }));
  const quiet = replay(recorded, options, allRules);
  return planted.flatMap((share) =>
    replay(recorded, { ...options, planted: share }, allRules).map((found, i) => ({
      tolerance: tolerances[i]!,
      planted: share,
      falseFailRatio: quiet[i]!.REGRESSED / replays,
      detectionRatio: found.REGRESSED / replays,
      inconclusiveRatio: quiet[i]!.INCONCLUSIVE / replays,
      n: replays,
    })),
  );
}
