import { Worker } from 'node:worker_threads';
import type { Micros, Millis } from 'l1-cache';

/**
 * The probe, as redis-cli --intrinsic-latency does it: read the clock without pause and keep the longest gap, which
 * is time that the system gave to something else. In a thread of its own, so that the caller stays awake.
 */
const PROBE = `
const { parentPort, workerData } = require('node:worker_threads');
const end = process.hrtime.bigint() + BigInt(Math.round(workerData * 1e6));
let longest = 0n;
for (let last = process.hrtime.bigint(); last < end; ) {
  const now = process.hrtime.bigint();
  if (now - last > longest) longest = now - last;
  last = now;
}
parentPort.postMessage(Number(longest) / 1000);
`;

/** The longest that a busy loop was kept from running within `probeMs`, garbage collection of the loop included. */
export async function measureIntrinsicLatency(probeMs: Millis): Promise<Micros> {
  const worker = new Worker(PROBE, { eval: true, workerData: probeMs });
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}
