import { RATES, ratesPerMs } from '../../src/freshness/rate-grid.ts';
import { ttlOfCost, ttlOfShare } from '../../src/freshness/stale-share.ts';
import type { Count, Millis, Ratio } from '../../src/units.ts';
import type { Outcome, WorldKey } from './simulate.ts';

const LONGEST_MS: Millis = 6 * 3_600_000;

/** Runs the world again with the TTLs given. */
export type RunFixed = (ttlMs: (key: WorldKey) => Millis) => Outcome;

/** How near a run must come to what is asked of it. */
const TOLERANCE: Ratio = 0.005;
const MAX_RUNS: Count = 24;

/**
 * The run of a family of TTL tables, indexed by a growing parameter, whose measure (which grows with it) meets a
 * target to 0.5 %: steps of eight until it lies between two runs, then regula falsi (Illinois) on logarithms.
 */
export function searchRun(
  run: (x: number) => Outcome,
  measure: (outcome: Outcome) => number,
  target: number,
): Outcome {
  let outcome = run(1);
  const missBy = () => Math.log(measure(outcome) / target);
  let at = 0;
  let off = missBy();
  let below: { readonly x: number; off: number } | undefined;
  let above: { readonly x: number; off: number } | undefined;
  for (let i = 1; i < MAX_RUNS && !(Math.abs(off) <= TOLERANCE); i++) {
    // An end that stays is given half its weight, or it would stay for ever.
    if (off < 0) {
      if (below !== undefined && above !== undefined) above.off /= 2;
      below = { x: at, off };
    } else {
      if (above !== undefined && below !== undefined) below.off /= 2;
      above = { x: at, off };
    }
    if (below === undefined) at -= Math.log(8);
    else if (above === undefined) at += Math.log(8);
    else {
      const share = below.off / (below.off - above.off);
      at = below.x + (Number.isFinite(share) ? share : 0.5) * (above.x - below.x);
    }
    outcome = run(Math.exp(at));
    off = missBy();
  }
  return outcome;
}

/** One TTL for all keys that gives the hit ratio. */
export function staticAtHitRatio(run: RunFixed, hitRatio: Ratio): Outcome {
  return searchRun(
    (x) => run(() => 1000 * x),
    // In hits a miss: near a ratio of 1 half a percent of the ratio would be half of the misses.
    (outcome) => outcome.hitRatio / (1 - outcome.hitRatio),
    hitRatio / (1 - hitRatio),
  );
}

/** One TTL for all keys that gives the stale share. */
export function staticAtStaleRatio(run: RunFixed, staleRatio: Ratio): Outcome {
  return searchRun(
    (x) => run(() => 1000 * x),
    (outcome) => outcome.staleRatio,
    staleRatio,
  );
}

/**
 * One TTL a domain, as a careful team would set by hand if it knew each domain's mean change rate and read rate:
 * the square-root law on the means, scaled to the same stale share.
 */
export function handTunedAtStaleRatio(run: RunFixed, keys: readonly WorldKey[], staleRatio: Ratio): Outcome {
  const tables = new Map<string, Millis>();
  for (const domain of new Set(keys.map((key) => key.domain))) {
    const own = keys.filter((key) => key.domain === domain);
    const reads = own.reduce((sum, key) => sum + key.readsPerMs, 0) / own.length;
    const changes = own.reduce((sum, key) => sum + 1 / key.meanChangeMs, 0) / own.length;
    tables.set(domain, Math.sqrt(2 / (reads * changes)));
  }
  return searchRun(
    (x) => run((key) => tables.get(key.domain)! * x),
    (outcome) => outcome.staleRatio,
    staleRatio,
  );
}

/** The cheapest TTL of a key for someone who knows its true change and read rates; a stale read costs so many fetches. */
export function optimumTtl(key: WorldKey, staleCostFetches: number): Millis {
  return cheapestTtl(sureOf(1 / key.meanChangeMs), key, staleCostFetches);
}

/** The cheapest TTL of a key for someone with this belief about its change rate, within the limits the learner has. */
export function cheapestTtl(belief: Float64Array, key: WorldKey, staleCostFetches: number): Millis {
  const most = ttlOfShare(belief, 0.25, LONGEST_MS);
  return Math.min(most, ttlOfCost(belief, key.readsPerMs, staleCostFetches, LONGEST_MS));
}

/** The optimum at the price of a stale read that gives the stale share. */
export function optimumAtStaleRatio(run: RunFixed, staleRatio: Ratio): Outcome {
  return searchRun(
    (x) => run((key) => optimumTtl(key, 1 / x)),
    (outcome) => outcome.staleRatio,
    staleRatio,
  );
}

/** A belief that is sure of a rate: the two grid rates around it, weighted to its mean on the scale of the grid. */
export function sureOf(ratePerMs: number): Float64Array {
  const belief = new Float64Array(RATES);
  let above = ratesPerMs.findIndex((rate) => rate >= ratePerMs);
  if (above <= 0) above = above === 0 ? 1 : RATES - 1;
  const span = Math.log(ratesPerMs[above]! / ratesPerMs[above - 1]!);
  const share = Math.min(1, Math.max(0, Math.log(ratePerMs / ratesPerMs[above - 1]!) / span));
  belief[above] = share;
  belief[above - 1] = 1 - share;
  return belief;
}
