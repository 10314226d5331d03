import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { encodeHistogram, latencyHistogram } from '../../reports/statistics/histogram.ts';
import type { Arrival } from '../../scenarios/workload/arrival.ts';
import { BenchError, EXIT } from '../errors.ts';
import type { Deployment } from '../targets/target.ts';
import { arrivalsOf } from './arrivals-of.ts';
import type { LoadDriver, LoadPlan, LoadResult } from './driver.ts';

const SCRIPT = fileURLToPath(new URL('../../scenarios/k6/replay.ts', import.meta.url));
/** Beyond what the schedule needs: k6 starts its users before its clock is of use. */
const LEAD_RESERVE_MS = 100;

/**
 * Drives the mesh with k6, the same arrivals and keys as the embedded driver. k6 sends, we count: its samples
 * become mergeable histograms. `dropped_iterations` are reported as unsent. k6 starts anew for every block.
 */
export async function k6Driver(
  binary: string,
  workFolder: string,
  env: Readonly<Record<string, string>>,
): Promise<LoadDriver> {
  const folder = await mkdtemp(join(workFolder, 'k6-'));
  return {
    name: 'k6',
    method: 'k6, not calibrated against an idle server',
    async run(plan: LoadPlan, to: Deployment['ingress'], signal: AbortSignal): Promise<LoadResult> {
      const due = [...(await arrivalsOf(plan))];
      const { leadMs, users } = lead(due, plan.ratePerSecond);
      const schedule = join(folder, 'schedule.json');
      const samples = join(folder, 'samples.json');
      const summary = join(folder, 'summary.json');
      await writeFile(schedule, JSON.stringify(due.map((arrival) => requestOf(arrival, plan, to))));
      const k6 = await execa(
        binary,
        [
          'run',
          '--quiet',
          '--no-usage-report',
          '--out',
          `json=${samples}`,
          '--summary-export',
          summary,
          SCRIPT,
        ],
        {
          env: {
            ...env,
            L1_SCHEDULE: schedule,
            L1_LEAD_MS: String(leadMs),
            L1_RATE: String(plan.ratePerSecond),
            L1_DURATION: `${Math.ceil((due.length / plan.ratePerSecond) * 1000)}ms`,
            L1_VUS: String(users),
          },
          cancelSignal: signal,
          reject: false,
        },
      );
      signal.throwIfAborted();
      if (k6.failed) {
        throw new BenchError(
          'K6_FAILED',
          `k6 ended with exit code ${k6.exitCode}: ${k6.stderr.slice(-500)}`,
          {
            hint: 'Run `l1bench doctor` to see which k6 was used; the script is scenarios/k6/replay.ts.',
            exitCode: EXIT.invalidRun,
          },
        );
      }
      return readSamples(samples, due.length);
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * How early iteration i (k6 starts it at i/rate) must be so that it is never after its arrival, and how many
 * virtual users then sleep or wait at the same time.
 */
function lead(due: readonly Arrival[], ratePerSecond: number): { leadMs: number; users: number } {
  let earliestMs = 0;
  let latestMs = 0;
  for (const [index, arrival] of due.entries()) {
    const startMs = (index / ratePerSecond) * 1000;
    earliestMs = Math.max(earliestMs, startMs - arrival.dueUs / 1000);
    latestMs = Math.max(latestMs, arrival.dueUs / 1000 - startMs);
  }
  const leadMs = earliestMs + LEAD_RESERVE_MS;
  const longestStayMs = leadMs + latestMs + 1_000;
  return { leadMs, users: Math.ceil((longestStayMs / 1000) * ratePerSecond) + 10 };
}

function requestOf(arrival: Arrival, plan: LoadPlan, to: Deployment['ingress']) {
  const target = to(plan.topology.requestTypes[arrival.requestType]!.service);
  return {
    dueMs: arrival.dueUs / 1000,
    url: `http://${target.host}:${target.port}/request/${arrival.requestType}?k=${arrival.keys.join(',')}`,
    host: target.hostHeader,
  };
}

/** Reads k6's JSON lines: one point a metric and request. */
async function readSamples(file: string, scheduled: number): Promise<LoadResult> {
  const latency = latencyHistogram();
  const serviceTime = latencyHistogram();
  const lag = latencyHistogram();
  const histograms = new Map([
    ['l1_latency', latency],
    ['l1_service_time', serviceTime],
    ['l1_lag', lag],
  ]);
  let dropped = 0;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    const point = JSON.parse(line) as { type: string; metric: string; data: { value: number } };
    if (point.type !== 'Point') continue;
    if (point.metric === 'dropped_iterations') dropped += point.data.value;
    else histograms.get(point.metric)?.recordValue(Math.max(1, Math.round(point.data.value * 1e6)));
  }
  const sent = lag.totalCount;
  const completed = latency.totalCount;
  return {
    scheduled,
    completed,
    errors: sent - completed,
    unsent: Math.max(dropped, scheduled - sent),
    latencyNs: encodeHistogram(latency),
    serviceTimeNs: encodeHistogram(serviceTime),
    lagNs: encodeHistogram(lag),
    cpuUs: null,
    firstError: sent > completed ? 'k6 saw an answer other than 200' : null,
  };
}
