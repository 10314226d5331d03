import type { Millis } from 'l1-cache';
import { hashWith, unit } from '../random.ts';
import type { ReadKey } from '../read-path.ts';
import { DOMAIN_INDEX } from '../topology/domains.ts';
import type { Domain } from '../topology/topology.ts';

/** When every value of the mesh changes, known to every process without asking anyone. */
export interface MutationSchedule {
  /** The version that is the truth at that time; it rises with every change. */
  version(key: ReadKey, nowMs: Millis): number;
  /** When the present value came to be. */
  changedAtMs(key: ReadKey, nowMs: Millis): Millis;
  /** How long the given version has been out of date: 0 while it is the truth. */
  stalenessMs(key: ReadKey, version: number, nowMs: Millis): Millis;
  /** Mean time between two changes of this key. */
  meanIntervalMs(key: ReadKey): Millis;
}

export interface MutationOptions {
  readonly seed: number;
  readonly domains: readonly Domain[];
  /** Start of the schedule, wall clock. Times before it are answered too. */
  readonly epochMs: Millis;
  /** How much faster than the wall clock the schedule runs, above 0. */
  readonly timeScale: number;
}

/** Mean changes in one window; a window is this many mean intervals of its key long. */
const MEAN_PER_WINDOW = 2;
/** Versions are `window · 16 + index`, index 1 … 15; more than 15 changes a window has probability 1e-9: cut. */
const SLOTS = 16;
/** Windows before the epoch that may hold the last change; 1,024 empty ones have probability e^−2048. */
const WINDOW_OFFSET = 1024;

const CUMULATIVE = poissonCumulative(MEAN_PER_WINDOW, SLOTS - 1);

/**
 * A Poisson process of changes for every key, as a pure function of (seed, key, time).
 * Time is cut into windows of two mean intervals. A hash of (key, window) gives the Poisson number of changes in
 * it, and hashes of (key, window, i) their uniform times: together exactly a Poisson process. The last change
 * lies in this window or, with probability e^−2 a step, in an earlier one, so a look costs O(1) on average.
 */
export function createMutationSchedule(options: MutationOptions): MutationSchedule {
  const { seed, epochMs, timeScale } = options;
  const domains = new Map(options.domains.map((domain) => [domain.name, domain]));
  const scaled = (wallMs: Millis): Millis => (wallMs - epochMs) * timeScale;
  const wall = (scaledMs: Millis): Millis => epochMs + scaledMs / timeScale;
  // Sorted times of the window looked at last, reused so that a look allocates nothing.
  const times = new Float64Array(SLOTS - 1);

  const hashOf = (key: ReadKey): number =>
    hashWith(hashWith(hashWith(seed, DOMAIN_INDEX[key.domain]), key.owner), key.id);

  const intervalMs = (key: ReadKey, hash: number): Millis => {
    const domain = domains.get(key.domain) as Domain;
    const span = Math.log(domain.maxMutationIntervalMs / domain.minMutationIntervalMs);
    return domain.minMutationIntervalMs * Math.exp(span * unit(hashWith(hash, 1)));
  };

  /** Fills `times` with the changes of a window, in order, and returns their number. */
  const fill = (hash: number, window: number, windowMs: Millis): number => {
    const windowHash = hashWith(hash, window + WINDOW_OFFSET);
    const share = unit(windowHash);
    let count = 0;
    while (count < SLOTS - 1 && share >= (CUMULATIVE[count] as number)) count += 1;
    for (let i = 0; i < count; i += 1) {
      const at = (window + unit(hashWith(windowHash, i + 2))) * windowMs;
      let slot = i;
      for (; slot > 0 && (times[slot - 1] as number) > at; slot -= 1) times[slot] = times[slot - 1] as number;
      times[slot] = at;
    }
    return count;
  };

  const last = { version: 0, atMs: 0 };
  /** Puts the last change at or before the time into `last`. */
  const findLast = (key: ReadKey, atMs: Millis): void => {
    const hash = hashOf(key);
    const windowMs = MEAN_PER_WINDOW * intervalMs(key, hash);
    const current = Math.floor(atMs / windowMs);
    for (let window = current; ; window -= 1) {
      let index = fill(hash, window, windowMs);
      if (window === current) while (index > 0 && (times[index - 1] as number) > atMs) index -= 1;
      if (index === 0) continue;
      last.version = (window + WINDOW_OFFSET) * SLOTS + index;
      last.atMs = times[index - 1] as number;
      return;
    }
  };

  /** Time of the first change after the given version. */
  const nextChangeMs = (key: ReadKey, version: number): Millis => {
    const hash = hashOf(key);
    const windowMs = MEAN_PER_WINDOW * intervalMs(key, hash);
    const index = version % SLOTS;
    const start = Math.floor(version / SLOTS) - WINDOW_OFFSET;
    for (let window = start; ; window += 1) {
      const count = fill(hash, window, windowMs);
      if (window === start) {
        if (count > index) return times[index] as number;
      } else if (count > 0) return times[0] as number;
    }
  };

  return {
    version(key, nowMs) {
      findLast(key, scaled(nowMs));
      return last.version;
    },
    changedAtMs(key, nowMs) {
      findLast(key, scaled(nowMs));
      return wall(last.atMs);
    },
    stalenessMs(key, version, nowMs) {
      findLast(key, scaled(nowMs));
      // A pod may hold a version newer than this clock reading; that is not stale.
      if (version >= last.version) return 0;
      return nowMs - wall(nextChangeMs(key, version));
    },
    meanIntervalMs: (key) => intervalMs(key, hashOf(key)) / timeScale,
  };
}

function poissonCumulative(mean: number, upTo: number): Float64Array {
  const cumulative = new Float64Array(upTo);
  let term = Math.exp(-mean);
  let sum = 0;
  for (let k = 0; k < upTo; k += 1) {
    sum += term;
    cumulative[k] = sum;
    term *= mean / (k + 1);
  }
  return cumulative;
}
