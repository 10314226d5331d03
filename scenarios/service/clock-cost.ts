import type { Nanos } from 'l1-cache';

const SAMPLES = 2001;

/** Nanoseconds of the machine's monotonic clock; the number the recorders work in. */
export function nowNs(): Nanos {
  return performance.now() * 1e6;
}

/** What two readings of the clock cost when nothing lies between them: the median of 2,001 pairs. */
export function measureClockCost(): Nanos {
  const samples = new Float64Array(SAMPLES);
  for (let round = 0; round < 2; round += 1) {
    // The first round lets the compiler see the loop; the second counts.
    for (let i = 0; i < SAMPLES; i += 1) {
      const start = nowNs();
      samples[i] = nowNs() - start;
    }
  }
  samples.sort();
  return samples[SAMPLES >> 1] as Nanos;
}
