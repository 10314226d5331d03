/**
 * The pacer: a worker thread that sleeps until each arrival is due and then hands it to the sender.
 *
 * A timer of the event loop is a millisecond coarse and late whenever the loop is busy with answers; spinning
 * would take a core from the pods. `Atomics.wait` sleeps on a kernel timer (tens of microseconds) in a thread
 * that has nothing else to do.
 */
import { parentPort } from 'node:worker_threads';
import type { Arrival } from '../../scenarios/workload/arrival.ts';
import { arrivalsOf } from './arrivals-of.ts';
import type { LoadPlan } from './driver.ts';
import type { FromPacer, ToPacer } from './messages.ts';

/** A wake-up closer than this to the due time would cost more than it gains. */
const CLOSE_ENOUGH_NS = 50_000;

const port = parentPort!;
const sleepCell = new Int32Array(new SharedArrayBuffer(4));
const nowNs = (): number => Number(process.hrtime.bigint());
const say = (message: FromPacer): void => port.postMessage(message);

let arrivals: Iterator<Arrival> = [][Symbol.iterator]();
let next: IteratorResult<Arrival> = arrivals.next();

port.on('message', async (message: ToPacer) => {
  if (message.kind === 'start') return pace(message.startNs);
  try {
    await prepare(message.plan);
    say({ kind: 'ready' });
  } catch (error) {
    say({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
});

/** Everything that takes time before the first arrival: reading a trace, making the tables of the key draws. */
async function prepare(plan: LoadPlan): Promise<void> {
  arrivals = (await arrivalsOf(plan))[Symbol.iterator]();
  next = arrivals.next();
}

function pace(startNs: number): void {
  for (; next.done !== true; next = arrivals.next()) {
    const { dueUs, requestType, keys } = next.value;
    const dueNs = startNs + dueUs * 1_000;
    for (let leftNs = dueNs - nowNs(); leftNs > CLOSE_ENOUGH_NS; leftNs = dueNs - nowNs()) {
      Atomics.wait(sleepCell, 0, 0, leftNs / 1e6);
    }
    say({ kind: 'due', dueNs, requestType, keys });
  }
  say({ kind: 'end' });
}
