/**
 * The pacer: a worker thread that sleeps until each arrival is due and then hands it to the sender.
 *
 * A timer of the event loop is a millisecond coarse and late whenever the loop is busy with answers; spinning
 * would take a core from the pods. `Atomics.wait` sleeps on a kernel timer (tens of microseconds) in a thread
 * that has nothing else to do.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { arrivalsOf } from './arrivals-of.ts';
import type { LoadPlan } from './driver.ts';

/** A wake-up closer than this to the due time would cost more than it gains. */
const CLOSE_ENOUGH_NS = 50_000;

const port = parentPort!;
const sleepCell = new Int32Array(new SharedArrayBuffer(4));
const nowNs = (): number => Number(process.hrtime.bigint());

const arrivals = (await arrivalsOf(workerData as LoadPlan))[Symbol.iterator]();
let next = arrivals.next();
port.postMessage('ready');

port.once('message', (startNs: number) => {
  for (; next.done !== true; next = arrivals.next()) {
    const arrival = next.value;
    const dueNs = startNs + arrival.dueUs * 1_000;
    for (let leftNs = dueNs - nowNs(); leftNs > CLOSE_ENOUGH_NS; leftNs = dueNs - nowNs()) {
      Atomics.wait(sleepCell, 0, 0, leftNs / 1e6);
    }
    port.postMessage({ dueNs, requestType: arrival.requestType, keys: arrival.keys });
  }
  port.postMessage('end');
});
