import type { Count, Nanos, Ratio } from 'l1-cache';
import { median } from 'simple-statistics';
import type { BrokenRule, Environment, Launch, Result, Settings } from './schema.ts';
import { decodeDistribution, mergeDistributions, quantileNs } from './statistics/distribution.ts';
import { seededRng } from './statistics/rng.ts';
import { type Comparison, compareWithBaseline } from './summary/comparison.ts';
import { type LibraryHit, libraryHits } from './summary/library-hit.ts';
import { type Meanwhile, meanwhileOf } from './summary/meanwhile.ts';
import { isValid, type ScenarioSummary, summariseScenario } from './summary/scenario.ts';

/** How far the load generator can be trusted in this run. */
interface GeneratorSummary {
  readonly lagP50Ns: Nanos | null;
  readonly lagP99Ns: Nanos | null;
  readonly scheduled: Count;
  readonly unsent: Count;
  readonly errors: Count;
  readonly highestCleanRatePerSecond: number | null;
  readonly method: string;
}

/** Blocks of one scenario that broke the same rule, with the words of the first of them. */
interface BrokenRuleCount {
  readonly scenario: string;
  readonly rule: BrokenRule['rule'];
  readonly blocks: Count;
  readonly firstDetail: string;
}

interface ValiditySummary {
  readonly blocks: Count;
  readonly invalid: Count;
  readonly byRule: readonly BrokenRuleCount[];
}

/** Share of the machine that programs outside the run took, block by block, invalid ones included. */
interface OthersCpuSummary {
  readonly p50: Ratio;
  readonly max: Ratio;
  readonly blocks: Count;
}

/** A result digested: every number of the reports, and nothing that is not in the result. */
export interface Summary {
  readonly runId: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly piecesMeasuredBefore: Count;
  readonly command: string;
  readonly state: Result['state'];
  readonly why: readonly string[];
  readonly environment: Environment;
  readonly settings: Settings;
  readonly inputSha256: string;
  readonly topology: Result['topology'];
  readonly startup: Result['startup'];
  readonly baseline: string;
  readonly scenarios: readonly ScenarioSummary[];
  readonly comparisons: readonly Comparison[];
  /** Empty where the run has not both a Redis and the library. */
  readonly libraryHits: readonly LibraryHit[];
  /** How the pods of each scenario were started, where it was recorded. */
  readonly launches: readonly { readonly scenario: string; readonly launch: Launch }[];
  readonly leftOut: Result['leftOut'];
  readonly validity: ValiditySummary;
  /** Memory readings that do not count, in no figure, and why. */
  readonly invalidMemory: readonly { readonly scenario: string; readonly details: readonly string[] }[];
  /** Null where no block tells. */
  readonly othersCpu: OthersCpuSummary | null;
  readonly generator: GeneratorSummary;
  readonly meanwhile: Meanwhile;
}

/** `shared-redis` when the run has it, else the first scenario asked for. */
function baselineOf(result: Result): string {
  const names = result.scenarios.map(({ name }) => name);
  return names.includes('shared-redis') ? 'shared-redis' : (names[0] ?? '');
}

function countBrokenRules(result: Result): ValiditySummary {
  const byRule = new Map<string, BrokenRuleCount>();
  for (const { scenario, brokenRules } of result.blocks) {
    for (const { rule, detail } of brokenRules) {
      const seen = byRule.get(`${scenario} ${rule}`) ?? { scenario, rule, blocks: 0, firstDetail: detail };
      byRule.set(`${scenario} ${rule}`, { ...seen, blocks: seen.blocks + 1 });
    }
  }
  return {
    blocks: result.blocks.length,
    invalid: result.blocks.filter((block) => !isValid(block)).length,
    byRule: [...byRule.values()].sort((a, b) => b.blocks - a.blocks),
  };
}

function summariseOthersCpu(result: Result): OthersCpuSummary | null {
  const told = result.blocks.flatMap(({ othersCpuRatio }) => othersCpuRatio ?? []);
  if (told.length === 0) return null;
  return { p50: median(told), max: Math.max(...told), blocks: told.length };
}

function judgeGenerator(result: Result): GeneratorSummary {
  // Invalid blocks are part of the generator's record: leaving them out would hide its worst moments.
  const lag = mergeDistributions(result.blocks.map(({ lagNs }) => decodeDistribution(lagNs)));
  const total = (of: 'scheduled' | 'unsent' | 'errors') =>
    result.blocks.reduce((sum, block) => sum + block[of], 0);
  return {
    lagP50Ns: quantileNs(lag, 0.5),
    lagP99Ns: quantileNs(lag, 0.99),
    scheduled: total('scheduled'),
    unsent: total('unsent'),
    errors: total('errors'),
    highestCleanRatePerSecond: result.generator.highestCleanRatePerSecond,
    method: result.generator.method,
  };
}

/** Digests a result. The intervals are resampled from the run's own seed: the same result, the same summary. */
export function summarise(result: Result): Summary {
  const rng = seededRng(result.settings.seed);
  const baseline = baselineOf(result);
  const scenarios = result.scenarios.map(({ name }) => summariseScenario(result, name, rng));
  return {
    runId: result.runId,
    startedAt: result.startedAt,
    durationMs: result.durationMs,
    piecesMeasuredBefore: result.piecesMeasuredBefore,
    command: result.command,
    state: result.state,
    why: result.why,
    environment: result.environment,
    settings: result.settings,
    inputSha256: result.inputSha256,
    topology: result.topology,
    startup: result.startup,
    baseline,
    scenarios,
    comparisons: result.scenarios
      .filter(({ name }) => name !== baseline)
      .flatMap(({ name }) => compareWithBaseline(result.blocks, baseline, name, rng)),
    libraryHits: libraryHits(result),
    launches: result.memory.flatMap(({ scenario, launch }) =>
      launch === null ? [] : [{ scenario, launch }],
    ),
    leftOut: result.leftOut,
    validity: countBrokenRules(result),
    invalidMemory: result.memory
      .filter((reading) => !isValid(reading))
      .map(({ scenario, brokenRules }) => ({
        scenario,
        details: brokenRules.map(({ detail }) => detail),
      })),
    othersCpu: summariseOthersCpu(result),
    generator: judgeGenerator(result),
    meanwhile: meanwhileOf(result, scenarios, rng),
  };
}
