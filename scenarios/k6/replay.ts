/**
 * The k6 driver's script: replays a schedule of arrivals that the harness made, open loop.
 *
 * k6's constant-arrival-rate starts iteration i at i/rate; the schedule is Poisson. So each iteration starts a
 * little early (LEAD_MS, chosen by the harness so that none is late) and sleeps until its own arrival is due.
 * Latency counts from that due time. One sample a request goes to k6's JSON output; the harness builds its
 * histograms from the samples, because k6's own percentiles cannot be merged.
 */

import { sleep } from 'k6';
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import http from 'k6/http';
import { Trend } from 'k6/metrics';

interface Due {
  dueMs: number;
  url: string;
  host: string;
}

const schedule = new SharedArray<Due>('schedule', () => JSON.parse(open(__ENV.L1_SCHEDULE!)));
const leadMs = Number(__ENV.L1_LEAD_MS);

export const options = {
  discardResponseBodies: true,
  noVUConnectionReuse: false,
  scenarios: {
    replay: {
      executor: 'constant-arrival-rate',
      rate: Number(__ENV.L1_RATE),
      timeUnit: '1s',
      duration: __ENV.L1_DURATION!,
      preAllocatedVUs: Number(__ENV.L1_VUS),
      gracefulStop: '5s',
    },
  },
};

const latency = new Trend('l1_latency', true);
const serviceTime = new Trend('l1_service_time', true);
const lag = new Trend('l1_lag', true);

/** Milliseconds since the start of the test run, with fractions; k6 has no finer clock. */
const nowMs = (): number => exec.instance.currentTestRunDuration;

export default function replay(): void {
  const due = schedule[exec.scenario.iterationInTest];
  if (due === undefined) return;
  const dueMs = leadMs + due.dueMs;
  const waitMs = dueMs - nowMs();
  if (waitMs > 0) sleep(waitMs / 1000);
  const sentMs = nowMs();
  const response = http.get(due.url, { headers: { Host: due.host } });
  const doneMs = nowMs();
  lag.add(Math.max(0, sentMs - dueMs));
  if (response.status !== 200) return;
  latency.add(doneMs - dueMs);
  serviceTime.add(doneMs - sentMs);
}
