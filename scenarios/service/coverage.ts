import { preloaded } from '../preloaded.ts';
import type { PodBlock } from './protocol.ts';

type Counts = NonNullable<PodBlock['coverage']>;

/** What a preloaded cache has counted since the process began; null without one. */
export function coverageNow(): Counts | null {
  const coverage = preloaded()?.coverage();
  if (coverage === undefined) return null;
  const { hits, misses, shared, faults } = coverage;
  const bypass = Object.values(coverage.bypass).reduce((sum, count) => sum + count, 0);
  return { hits, misses, shared, bypass, faults };
}

/** What it counted in between; null when it saw no read, as while it is switched off. */
export function coverageSince(before: Counts | null, now: Counts | null): Counts | null {
  if (before === null || now === null) return null;
  const counted = {
    hits: now.hits - before.hits,
    misses: now.misses - before.misses,
    shared: now.shared - before.shared,
    bypass: now.bypass - before.bypass,
    faults: now.faults - before.faults,
  };
  return Object.values(counted).some((count) => count > 0) ? counted : null;
}
