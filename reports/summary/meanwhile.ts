import type { Rng } from '../../scenarios/topology/topology.ts';
import type { Block, Result } from '../schema.ts';
import { decodeDistribution, meanNs, mergeDistributions } from '../statistics/distribution.ts';
import { meshCpuUs } from './comparison.ts';
import { type Figure, missing, quotient } from './figure.ts';
import { isValid, type ScenarioSummary } from './scenario.ts';

/** What went on in the pods and on the machine during the blocks of one scenario: what else may explain its latencies. */
interface MeanwhileRow {
  readonly scenario: string;
  readonly cells: readonly { readonly column: string; readonly figure: Figure }[];
}

/** One row a scenario; empty when no block counts. */
export type Meanwhile = readonly MeanwhileRow[];

/** What the table says of itself. */
export const MEANWHILE_WORDS =
  "What else may explain a difference in latency. Service time: a request from its send, without the generator's lag, the origin's emulated wait included. Event loop late: how far behind its time a timer of every pod fired, asked 20 times a second. Time in GC: of the time of all pods. CPU: of all processors of this machine; the mesh is applications, proxies and caches.";

export function meanwhileOf(result: Result, scenarios: readonly ScenarioSummary[], rng: Rng): Meanwhile {
  const { topology, environment } = result;
  return scenarios.flatMap(({ name, serviceTime, eventLoopDelay, gcPause }) => {
    const blocks = result.blocks.filter((block) => block.scenario === name && isValid(block));
    if (blocks.length === 0) return [];
    /** Of the time of that many pods, or processors, during the blocks. */
    const share = (usedMs: (block: Block) => number, count: number): Figure => ({
      ...quotient(
        blocks.map((block) => ({ of: usedMs(block), per: block.durationMs * count })),
        'ratio',
        'blocks',
        rng,
      ),
      n: blocks.length,
    });
    const tellsDriver = blocks.some(({ driverCpuUs }) => driverCpuUs !== null);
    const figures: readonly [string, Figure][] = [
      ['service time, p50', serviceTime.p50],
      ['service time, p99', serviceTime.p99],
      ['event loop late, p50', eventLoopDelay.p50],
      ['event loop late, p99', eventLoopDelay.p99],
      ['GC pause, p99', gcPause.p99],
      ['longest GC pause', longestPause(blocks)],
      ['time in GC', share(gcMs, topology.services.length)],
      ['CPU of the mesh', share((block) => meshCpuUs(block) / 1_000, environment.cores)],
      [
        'CPU of the generator',
        tellsDriver
          ? share(({ driverCpuUs }) => (driverCpuUs ?? 0) / 1_000, environment.cores)
          : missing('ratio', 'blocks'),
      ],
    ];
    return [{ scenario: name, cells: figures.map(([column, figure]) => ({ column, figure })) }];
  });
}

function gcMs({ gcPauseNs }: Block): number {
  const pauses = decodeDistribution(gcPauseNs);
  return ((meanNs(pauses) ?? 0) * pauses.n) / 1e6;
}

function longestPause(blocks: readonly Block[]): Figure {
  const pauses = mergeDistributions(blocks.map(({ gcPauseNs }) => decodeDistribution(gcPauseNs)));
  const value = pauses.valuesNs.at(-1);
  return value === undefined
    ? missing('ns', 'pauses')
    : { value, unit: 'ns', n: pauses.n, of: 'pauses', interval: null, emulated: false };
}
