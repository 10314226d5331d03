import type { Count, Millis, Ratio } from 'l1-cache';
import type { Rng } from '../../scenarios/topology/topology.ts';
import type { Block, Result } from '../schema.ts';
import {
  type Distribution,
  decodeDistribution,
  mergeDistributions,
  type TailPoint,
  tailCurve,
} from '../statistics/distribution.ts';
import { meshCpuUs } from './comparison.ts';
import { type Figure, quotient, type SampleKind } from './figure.ts';
import { type LatencyFigures, latencyFigures } from './latency.ts';
import { type MemorySummary, summariseMemory } from './memory.ts';
import { type PredictionSummary, summarisePrediction } from './prediction.ts';

interface OutcomeSummary {
  readonly outcome: string;
  /** Share of all reads. */
  readonly share: Figure;
  readonly latency: LatencyFigures;
}

/** One scenario's figures, from its valid blocks merged. */
export interface ScenarioSummary {
  readonly name: string;
  readonly description: string;
  readonly blocks: { readonly valid: Count; readonly invalid: Count };
  /** From the scheduled arrival. */
  readonly request: LatencyFigures;
  readonly requestCurve: readonly TailPoint[];
  /** From the actual send. */
  readonly serviceTime: LatencyFigures;
  readonly read: LatencyFigures;
  readonly readCurve: readonly TailPoint[];
  /** All reads of one request together. */
  readonly readsOfRequest: LatencyFigures;
  readonly outcomes: readonly OutcomeSummary[];
  /** A synchronous hit as a request meets it, and read again in batches of 128; the timer's cost subtracted. */
  readonly l1PerRead: LatencyFigures;
  readonly l1Batch: LatencyFigures;
  readonly hitRatio: Figure;
  readonly staleRatio: Figure;
  readonly staleAge: LatencyFigures;
  readonly cpu: {
    readonly application: Figure;
    readonly proxy: Figure | null;
    readonly redis: Figure | null;
    readonly driver: Figure;
    /** Everything that serves a request: applications, proxies, Redis and cache containers. */
    readonly all: Figure;
  };
  /**
   * Reads that a cache under the program answered, of those it was asked; null where there is none. The rest of the
   * three shares waited for the answer to another read.
   */
  readonly coverage: {
    readonly hits: Figure;
    readonly misses: Figure;
    readonly bypass: Figure;
    readonly faults: Count;
  } | null;
  readonly redisCommands: Figure;
  readonly originCalls: Figure;
  readonly eventLoopDelay: LatencyFigures;
  readonly gcPause: LatencyFigures;
  /** Null where the scenario never loads on a guess. */
  readonly prediction: PredictionSummary | null;
  readonly memory: MemorySummary | null;
  readonly coldStart: {
    readonly points: readonly { readonly tMs: Millis; readonly hitRatio: Ratio; readonly reads: Count }[];
    readonly endedBy: 'steady' | 'time-limit';
  } | null;
}

function hitsOf(block: Block): { of: number; per: number } {
  const reads = Object.values(block.readsByOutcome).reduce((total, { count }) => total + count, 0);
  return { of: reads - (block.readsByOutcome.origin?.count ?? 0), per: reads };
}

function coverageOf(blocks: readonly Block[], rng: Rng): ScenarioSummary['coverage'] {
  const counted = blocks.flatMap(({ coverage }) => (coverage === null ? [] : [coverage]));
  if (counted.length === 0) return null;
  const share = (of: 'hits' | 'misses' | 'bypass') =>
    quotient(
      counted.map((one) => ({ of: one[of], per: one.hits + one.misses + one.shared + one.bypass })),
      'ratio',
      'reads',
      rng,
    );
  const faults = counted.reduce((total, one) => total + one.faults, 0);
  return { hits: share('hits'), misses: share('misses'), bypass: share('bypass'), faults };
}

/** Whether a block, or a memory reading, counts. */
export function isValid({ brokenRules }: Pick<Block, 'brokenRules'>): boolean {
  return brokenRules.length === 0;
}

export function summariseScenario(result: Result, name: string, rng: Rng): ScenarioSummary {
  const all = result.blocks.filter((block) => block.scenario === name);
  const blocks = all.filter(isValid);
  const asksOrigin = blocks.some((block) => (block.readsByOutcome.origin?.count ?? 0) > 0);

  const decode = (of: (block: Block) => string | null | undefined): Distribution[] =>
    blocks.map((block) => decodeDistribution(of(block) ?? null));
  const figures = (of: (block: Block) => string | null | undefined, kind: SampleKind, emulated: boolean) =>
    latencyFigures(decode(of), kind, emulated, rng);
  const curve = (of: (block: Block) => string | null) => tailCurve(mergeDistributions(decode(of)));
  const perRequest = (of: (block: Block) => number | null, unit: 'us/request' | '1/request') =>
    quotient(
      blocks.map((block) => ({ of: of(block) ?? 0, per: block.completed })),
      unit,
      'requests',
      rng,
    );
  const perRead = (of: (block: Block) => { of: number; per: number }) =>
    quotient(blocks.map(of), 'ratio', 'reads', rng);
  const known = (of: (block: Block) => number | null) =>
    blocks.some((block) => of(block) !== null) ? perRequest(of, 'us/request') : null;

  const outcomes = [...new Set(blocks.flatMap((block) => Object.keys(block.readsByOutcome)))];
  const memoryOf = (scenario: string) =>
    result.memory.find((reading) => reading.scenario === scenario && isValid(reading));
  const memory = memoryOf(name);
  const noCache = memoryOf('no-cache');
  const coldStart = result.coldStarts.find((start) => start.scenario === name);
  return {
    name,
    description: result.scenarios.find((scenario) => scenario.name === name)?.description ?? '',
    blocks: { valid: blocks.length, invalid: all.length - blocks.length },
    request: figures((block) => block.latencyNs, 'requests', asksOrigin),
    requestCurve: curve((block) => block.latencyNs),
    serviceTime: figures((block) => block.serviceTimeNs, 'requests', asksOrigin),
    read: figures((block) => block.allReadsNs, 'reads', asksOrigin),
    readCurve: curve((block) => block.allReadsNs),
    readsOfRequest: figures((block) => block.readsOfRequestNs, 'requests', asksOrigin),
    outcomes: outcomes.map((outcome) => ({
      outcome,
      share: perRead((block) => ({
        of: block.readsByOutcome[outcome]?.count ?? 0,
        per: hitsOf(block).per,
      })),
      latency: figures((block) => block.readsByOutcome[outcome]?.latencyNs, 'reads', outcome === 'origin'),
    })),
    l1PerRead: figures((block) => block.l1PerReadNs, 'requests', false),
    l1Batch: figures((block) => block.l1BatchNs, 'batches', false),
    hitRatio: perRead(hitsOf),
    staleRatio: perRead((block) => ({ of: block.staleReads, per: hitsOf(block).per })),
    staleAge: figures((block) => block.staleAgeNs, 'reads', false),
    cpu: {
      application: perRequest((block) => block.appCpuUs, 'us/request'),
      proxy: known((block) => block.proxyCpuUs),
      redis: known((block) => block.redisCpuUs),
      driver: perRequest((block) => block.driverCpuUs, 'us/request'),
      all: perRequest(meshCpuUs, 'us/request'),
    },
    coverage: coverageOf(blocks, rng),
    redisCommands: perRequest((block) => block.redisCommands, '1/request'),
    originCalls: perRequest((block) => block.originServed, '1/request'),
    eventLoopDelay: figures((block) => block.eventLoopDelayNs, 'samples', false),
    gcPause: figures((block) => block.gcPauseNs, 'pauses', false),
    prediction: summarisePrediction(blocks, rng),
    memory:
      memory === undefined ? null : summariseMemory(memory, noCache, result.topology.services.length, rng),
    coldStart:
      coldStart === undefined
        ? null
        : {
            points: coldStart.series
              .filter(({ reads }) => reads > 0)
              .map(({ tMs, reads, hits }) => ({ tMs, hitRatio: hits / reads, reads })),
            endedBy: coldStart.endedBy,
          },
  };
}
