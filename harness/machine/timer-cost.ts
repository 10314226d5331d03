import type { Nanos } from 'l1-cache';

const ROUNDS = 21;
const READINGS_A_ROUND = 10_000;

/** What one reading of `process.hrtime.bigint` costs: the median over rounds of the mean of 10 000 readings. */
export function measureTimerCost(now: () => bigint = process.hrtime.bigint): Nanos {
  const costs = Array.from({ length: ROUNDS }, () => {
    const started = now();
    for (let reading = 2; reading < READINGS_A_ROUND; reading++) now();
    return Number(now() - started) / READINGS_A_ROUND;
  }).sort((a, b) => a - b);
  return costs[(ROUNDS - 1) / 2] ?? 0;
}
