import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import type { Millis } from 'l1-cache';
import { percentileNs } from '../../reports/statistics/histogram.ts';
import type { Topology } from '../../scenarios/topology/topology.ts';
import type { LoadDriver } from './driver.ts';

const NULL_SERVER = fileURLToPath(new URL('./null-server.ts', import.meta.url));
/** Rates tried in turn, requests per second. */
const RATES = [250, 500, 1_000, 2_000, 4_000];
/** Driven first and not counted: a fresh process sends its first requests with code that is not compiled yet. */
const WARM_UP_RATE = 1_000;
const STEP_MS: Millis = 700;
/** A rate is clean while the generator keeps its schedule this well. */
const CLEAN_LAG_P99_NS = 1e6;
/** Arrivals of the calibration share nothing with those of the blocks. */
const STREAM = 3_000_000;

export interface Calibration {
  readonly highestCleanRatePerSecond: number | null;
  readonly method: string;
}

/** How long `calibrate` takes at most. */
export const CALIBRATION_MS: Millis = (RATES.length + 1) * (STEP_MS + 100) + 500;

/**
 * Drives a server that does nothing, faster and faster, and answers the highest rate at which the generator's lag
 * p99 stayed under 1 ms. Null when even the lowest was not clean: a machine too busy to measure on.
 */
export async function calibrate(
  driver: LoadDriver,
  topology: Topology,
  seed: number,
  env: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Calibration> {
  const server = execaNode(NULL_SERVER, {
    env,
    ipc: true,
    nodePath: process.execPath,
    buffer: false,
    reject: false,
    stdout: 'ignore',
  });
  const port = (await server.getOneMessage()) as unknown as number;
  let highest: number | null = null;
  try {
    const drive = (stream: number, ratePerSecond: number) =>
      driver.run(
        { topology, seed, stream, ratePerSecond, durationMs: STEP_MS, workload: { kind: 'synthetic' } },
        () => ({ host: '127.0.0.1', port, hostHeader: 'null' }),
        signal,
      );
    await drive(STREAM - 1, WARM_UP_RATE);
    for (const [step, ratePerSecond] of RATES.entries()) {
      const load = await drive(STREAM + step, ratePerSecond);
      const lagP99Ns = percentileNs(load.lagNs, 99) ?? Number.POSITIVE_INFINITY;
      if (load.errors > 0 || load.unsent > 0 || lagP99Ns >= CLEAN_LAG_P99_NS) break;
      highest = ratePerSecond;
    }
  } finally {
    server.kill('SIGKILL');
    await server;
  }
  return {
    highestCleanRatePerSecond: highest,
    method: `${driver.method}; against a server that does nothing, ${STEP_MS} ms at each of ${RATES.join(', ')} requests/s, lag p99 < 1 ms`,
  };
}
