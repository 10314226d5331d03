import type { Nanos } from 'l1-cache';
import { shuffle } from '../random.ts';
import type { ReadPath } from '../read-path.ts';
import type { Rng } from '../topology/topology.ts';
import { nowNs } from './clock-cost.ts';
import type { NanosHistogram } from './recorder.ts';

const BATCH = 128;
const ROUNDS = 8;

/**
 * Times synchronous hits where one clock reading would cost as much as the read: the keys that were hit last are
 * read again, in random order, 128 between two readings of the clock; one sample a batch. Keys that are no hit
 * any more are left out beforehand. Records nothing when fewer than 128 remain.
 */
export function timeBatches(
  path: ReadPath,
  recentHits: readonly string[],
  clockCostNs: Nanos,
  rng: Rng,
  into: NanosHistogram,
): void {
  const keys = [...new Set(recentHits)].filter((key) => path.readNow(key) !== undefined);
  if (keys.length === 0 || recentHits.length < BATCH) return;
  // A pod with few distinct keys reads them more than once in a batch, as its requests do.
  while (keys.length < BATCH) keys.push(...keys.slice(0, BATCH - keys.length));
  let versions = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    shuffle(keys, rng);
    for (let start = 0; start + BATCH <= keys.length; start += BATCH) {
      const startedNs = nowNs();
      for (let i = start; i < start + BATCH; i += 1)
        versions += path.readNow(keys[i] as string)?.version ?? 0;
      into.record((nowNs() - startedNs - clockCostNs) / BATCH);
    }
  }
  // The results are used, so that no compiler drops the reads.
  if (versions < 0) throw new Error('versions are never negative');
}
