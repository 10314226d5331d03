import type { Count, Micros, Nanos } from 'l1-cache';
import type { Block } from '../schema.ts';
import { type Distribution, decodeDistribution, quantileNs } from '../statistics/distribution.ts';
import { cpuPerRequestUs } from '../summary/comparison.ts';

/** What the gate looks at in one block. */
export interface GateSample {
  readonly p50Ns: Nanos;
  readonly cpuPerRequestUs: Micros;
  readonly latency: Distribution;
}

/** Blocks of both sides, made one after the other under the same arrivals. */
export interface GatePair {
  readonly base: GateSample;
  readonly head: GateSample;
  /** A second copy of the base: what it differs by is noise. Null in rounds without one. */
  readonly control: GateSample | null;
}

/** Counts that a fixed seed makes the same every time; each per unit, with how many units it rests on. */
export const EXACT_METRICS = [
  'Redis commands per request',
  'origin calls per request',
  'bytes per request',
  'hit ratio',
  'allocations per hit',
  'charged bytes per entry',
] as const;

export type ExactMetric = (typeof EXACT_METRICS)[number];

export interface ExactCount {
  readonly value: number;
  readonly n: Count;
}

export type ExactCounts = Readonly<Partial<Record<ExactMetric, ExactCount>>>;

/** One stage of a gate: fresh processes, all pairs of it, and one exact replay of each side. */
export interface GateStage {
  readonly pairs: readonly GatePair[];
  readonly exact: { readonly base: ExactCounts; readonly head: ExactCounts; readonly control: ExactCounts };
}

/** What the gate needs of a block; null for a block that is invalid or has no request to look at. */
function gateSample(block: Block): GateSample | null {
  const latency = decodeDistribution(block.latencyNs);
  const p50Ns = quantileNs(latency, 0.5);
  if (block.brokenRules.length > 0 || p50Ns === null || block.completed === 0) return null;
  return { p50Ns, latency, cpuPerRequestUs: cpuPerRequestUs(block) };
}

/** Pairs the valid blocks of a stage by round; `scenario` is `base`, `head` or `control`. */
export function gatePairs(blocks: readonly Block[]): GatePair[] {
  const of = (side: string, round: number) => {
    const block = blocks.find((one) => one.scenario === side && one.round === round);
    return block === undefined ? null : gateSample(block);
  };
  return [...new Set(blocks.map(({ round }) => round))]
    .sort((a, b) => a - b)
    .flatMap((round) => {
      const [base, head] = [of('base', round), of('head', round)];
      return base === null || head === null ? [] : [{ base, head, control: of('control', round) }];
    });
}
