import type { ColdStart } from '../../reports/schema.ts';

type Point = ColdStart['series'][number];

/** Samples of each of the two windows that are compared. */
const WINDOW = 4;
/** Fewest reads a window needs before its hit ratio means something. */
const MIN_READS = 200;
/** The hit ratio is steady when it rose by less than this from one window to the next. */
const STEADY_RISE = 0.01;

/**
 * Whether the hit ratio has stopped rising: the last window's ratio exceeds that of the window before by less
 * than one point. A falling ratio counts as steady too. Never true before both windows have enough reads.
 */
export function isSteady(series: readonly Point[]): boolean {
  if (series.length < 2 * WINDOW) return false;
  const before = windowOf(series.slice(-2 * WINDOW, -WINDOW));
  const last = windowOf(series.slice(-WINDOW));
  if (before.reads < MIN_READS || last.reads < MIN_READS) return false;
  return last.hits / last.reads - before.hits / before.reads < STEADY_RISE;
}

function windowOf(points: readonly Point[]): { reads: number; hits: number } {
  let reads = 0;
  let hits = 0;
  for (const point of points) {
    reads += point.reads;
    hits += point.hits;
  }
  return { reads, hits };
}
