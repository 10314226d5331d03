import type { Nanos } from 'l1-cache';
import { mean, median } from 'simple-statistics';
import type { Measured } from '../../reports/claims/measurements.ts';
import { bootstrapInterval } from '../../reports/statistics/bootstrap.ts';
import { seededRng } from '../../reports/statistics/rng.ts';

/** Enough for an interval that no longer moves, few enough to resample in no time. */
const RESAMPLED = 2_000;

const nowNs = (): Nanos => Number(process.hrtime.bigint());

/** The median of timings with its bootstrap interval. Large sets are thinned evenly for the interval alone. */
export function medianOf(samplesNs: readonly Nanos[], how: string): Measured {
  const step = Math.max(1, Math.floor(samplesNs.length / RESAMPLED));
  const thinned = samplesNs.filter((_, index) => index % step === 0);
  return {
    value: samplesNs.length === 0 ? null : median([...samplesNs]),
    unit: 'ns',
    n: samplesNs.length,
    of: 'samples',
    interval: bootstrapInterval(thinned, median, { rng: seededRng(1), resamples: 300 }),
    emulated: false,
    how,
  };
}

/** A count or a share that was observed once over `n` things. */
export function observed(
  value: number,
  unit: Measured['unit'],
  n: number,
  of: Measured['of'],
  how: string,
): Measured {
  return { value, unit, n, of, interval: null, emulated: false, how };
}

/** Times `task` one call after another, after a warm-up of a tenth. */
export async function timeEach(times: number, task: (index: number) => Promise<unknown>): Promise<Nanos[]> {
  for (let index = 0; index < times / 10; index += 1) await task(index);
  const samplesNs: Nanos[] = [];
  for (let index = 0; index < times; index += 1) {
    const startNs = nowNs();
    await task(index);
    samplesNs.push(nowNs() - startNs);
  }
  return samplesNs;
}

/** Times a synchronous `task` in batches, per call: below a few microseconds one timing measures the clock. */
export function timeBatches(batches: number, size: number, task: (index: number) => unknown): Nanos[] {
  let sink: unknown;
  const run = (batch: number): Nanos => {
    const startNs = nowNs();
    for (let index = 0; index < size; index += 1) sink = task(batch * size + index);
    return (nowNs() - startNs) / size;
  };
  for (let batch = 0; batch < batches / 5; batch += 1) run(batch);
  const samplesNs = Array.from({ length: batches }, (_, batch) => run(batch));
  if (sink === timeBatches) throw new Error('the result is used, so that it is not optimised away');
  return samplesNs;
}

/** The mean over seeds, and their range in place of an interval. */
export function overSeeds(
  values: readonly number[],
  n: number,
  unit: Measured['unit'],
  of: Measured['of'],
  how: string,
): Measured {
  const known = values.filter(Number.isFinite);
  return {
    value: known.length < values.length ? null : mean(known),
    unit,
    n,
    of,
    interval:
      known.length < values.length
        ? null
        : { low: Math.min(...known), high: Math.max(...known), confidence: null },
    emulated: false,
    how,
  };
}
