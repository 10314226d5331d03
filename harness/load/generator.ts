/**
 * The open-loop load generator: a process of its own that sends each request when it is due, whatever became of
 * the ones before it.
 *
 * Latency counts from the scheduled arrival, so that a stalled mesh is charged for the requests it kept waiting
 * (no coordinated omission). Service time, from the actual send, and lag, the difference, are recorded beside it.
 * Nothing is corrected afterwards and nothing is skipped: what could not be sent is counted as unsent.
 */
import { Worker } from 'node:worker_threads';
import { Pool } from 'undici';
import { encodeHistogram, latencyHistogram } from '../../reports/statistics/histogram.ts';
import type { LoadPlan, LoadResult } from './driver.ts';
import type { Due, FromPacer, GeneratorJob, GeneratorMessage, ToPacer } from './messages.ts';
import { goFirst } from './priority.ts';

/** Requests in flight beyond which a due request is counted unsent instead of piling up memory. */
const MAX_IN_FLIGHT = 2_000;
/** How long the answers still outstanding at the end of a block are waited for. */
const DRAIN_MS = 5_000;
const CONNECTIONS_PER_ADDRESS = 128;

const nowNs = (): number => Number(process.hrtime.bigint());
const say = (message: GeneratorMessage): void => void process.send!(message);
const pools = new Map<string, Pool>();

function poolOf(host: string, port: number): Pool {
  const origin = `http://${host}:${port}`;
  let pool = pools.get(origin);
  if (pool === undefined) {
    pool = new Pool(origin, {
      connections: CONNECTIONS_PER_ADDRESS,
      keepAliveTimeout: 60_000,
      pipelining: 1,
    });
    pools.set(origin, pool);
  }
  return pool;
}

async function drive({ plan, ingress }: GeneratorJob): Promise<LoadResult> {
  const latency = latencyHistogram();
  const serviceTime = latencyHistogram();
  const lag = latencyHistogram();
  const cpuBefore = process.cpuUsage();
  let scheduled = 0;
  let completed = 0;
  let errors = 0;
  let unsent = 0;
  let inFlight = 0;
  let firstError: string | null = null;
  let ended = false;
  let drained = (): void => {};

  const settle = (): void => {
    inFlight -= 1;
    if (ended && inFlight === 0) drained();
  };
  const fail = (error: string): void => {
    errors += 1;
    firstError ??= error;
  };

  const send = (due: Due): void => {
    scheduled += 1;
    if (inFlight >= MAX_IN_FLIGHT) {
      unsent += 1;
      return;
    }
    inFlight += 1;
    const sentNs = nowNs();
    lag.recordValue(Math.max(1, sentNs - due.dueNs));
    const target = ingress[plan.topology.requestTypes[due.requestType]!.service]!;
    let status = 0;
    poolOf(target.host, target.port).dispatch(
      {
        method: 'GET',
        path: `/request/${due.requestType}?k=${due.keys.join(',')}`,
        headers: { host: target.hostHeader },
      },
      {
        onRequestStart() {},
        onResponseStart(_controller, statusCode) {
          status = statusCode;
        },
        onResponseData() {},
        onResponseEnd() {
          const doneNs = nowNs();
          if (status === 200) {
            completed += 1;
            latency.recordValue(doneNs - due.dueNs);
            serviceTime.recordValue(doneNs - sentNs);
          } else fail(`HTTP ${status} from ${target.hostHeader}`);
          settle();
        },
        onResponseError(_controller, error) {
          fail(`${error.message} (${target.hostHeader})`);
          settle();
        },
      },
    );
  };

  await pace(plan, send);
  ended = true;
  if (inFlight > 0) {
    const timedOut = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), DRAIN_MS);
      drained = () => {
        clearTimeout(timer);
        resolve(false);
      };
    });
    if (timedOut) {
      const late = inFlight;
      errors += late;
      firstError ??= `${late} requests without an answer ${DRAIN_MS} ms after the end of the block`;
      for (const pool of pools.values()) void pool.destroy();
      pools.clear();
    }
  }
  const cpu = process.cpuUsage(cpuBefore);
  return {
    scheduled,
    completed,
    errors,
    unsent,
    latencyNs: encodeHistogram(latency),
    serviceTimeNs: encodeHistogram(serviceTime),
    lagNs: encodeHistogram(lag),
    cpuUs: cpu.user + cpu.system,
    firstError,
  };
}

/** Runs the pacer over the plan's arrivals; resolves when the last one was handed to `send`. */
function pace(plan: LoadPlan, send: (due: Due) => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const hear = (message: FromPacer): void => {
    if (message.kind === 'due') send(message);
    else if (message.kind === 'ready') tell({ kind: 'start', startNs: nowNs() });
    else if (message.kind === 'failed') reject(new Error(message.message));
    else resolve();
  };
  pacer.on('message', hear);
  pacer.once('error', reject);
  tell({ kind: 'plan', plan });
  return promise.finally(() => {
    pacer.off('message', hear);
    pacer.off('error', reject);
  });
}

/** Kept between blocks: a thread that starts would be busy compiling while the first requests are due. */
const pacer = new Worker(new URL('./pacer.ts', import.meta.url));
const tell = (message: ToPacer): void => pacer.postMessage(message);

process.on('message', async (job: GeneratorJob) => {
  try {
    say({ kind: 'result', result: await drive(job) });
  } catch (error) {
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
say({ kind: 'ready', priority: await goFirst() });
