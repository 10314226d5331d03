import type { Millis, Ratio } from '../../src/units.ts';
import { cheapestTtl, searchRun, sureOf } from './compare.ts';
import { burstGapsMs, CHANGES_PER_BURST } from './mutations.ts';
import type { Outcome, TtlSource, WorldKey } from './simulate.ts';

/** Runs the world again with what sets the TTLs. */
export type RunSource = (source: TtlSource) => Outcome;

/** Of someone who is told at each fetch whether a burst is under way, which no cache can see. */
export function oracleAtStaleRatio(run: RunSource, staleRatio: Ratio): Outcome {
  return cheapestAtStaleRatio(run, staleRatio, () => (key) => (key.mutations.phase === 'burst' ? 1 : 0));
}

/**
 * Of someone who knows the true rates of every key and how bursts begin and end, and sees what the cache sees: changed
 * or not. Nobody who sees no more can know better whether a burst is under way.
 */
export function observerAtStaleRatio(run: RunSource, staleRatio: Ratio): Outcome {
  return cheapestAtStaleRatio(run, staleRatio, observer);
}

/** How probable it is at a fetch that a burst is under way. */
type InBurst = (key: WorldKey, atMs: Millis, etag: string | undefined) => Ratio;

/** The cheapest TTLs for what is known at each fetch, at the price of a stale read that gives the stale share. */
function cheapestAtStaleRatio(run: RunSource, staleRatio: Ratio, begin: () => InBurst): Outcome {
  const beliefs = new Map<string, Record<'burst' | 'quiet', Float64Array>>();
  const beliefsOf = (key: WorldKey) => {
    const gapsMs = burstGapsMs(key.meanChangeMs);
    const made = { burst: sureOf(1 / gapsMs.burst), quiet: sureOf(1 / gapsMs.quiet) };
    beliefs.set(key.name, made);
    return made;
  };
  return searchRun(
    (x) => {
      const inBurst = begin();
      return run({
        onHits: () => {},
        onFetched: (key, atMs, { etag }) => {
          const { burst, quiet } = beliefs.get(key.name) ?? beliefsOf(key);
          const share = inBurst(key, atMs, etag);
          return cheapestTtl(
            burst.map((of, i) => share * of + (1 - share) * quiet[i]!),
            key,
            1 / x,
          );
        },
      });
    },
    (outcome) => outcome.staleRatio,
    staleRatio,
  );
}

/** Follows each key as a Markov chain of two states, by Bayes' rule from fetch to fetch. */
function observer(): InBurst {
  const seen = new Map<
    string,
    { readonly share: Ratio; readonly atMs: Millis; readonly etag: string | undefined }
  >();
  return ({ name, meanChangeMs }, atMs, etag) => {
    const gapsMs = burstGapsMs(meanChangeMs);
    const endsPerMs = 1 / (gapsMs.burst * CHANGES_PER_BURST);
    const beginsPerMs = (1 - 1 / CHANGES_PER_BURST) / gapsMs.quiet;
    const usual = beginsPerMs / (beginsPerMs + endsPerMs);
    const last = seen.get(name);
    let share = usual;
    if (last) {
      const forMs = atMs - last.atMs;
      const burstUnchanged = last.share * Math.exp(-forMs / gapsMs.burst);
      const quietUnchanged = (1 - last.share) * Math.exp(-forMs / gapsMs.quiet);
      const unchanged = burstUnchanged + quietUnchanged;
      const burst = usual + (last.share - usual) * Math.exp(-(beginsPerMs + endsPerMs) * forMs);
      share = etag === last.etag ? burstUnchanged / unchanged : (burst - burstUnchanged) / (1 - unchanged);
    }
    share = Math.min(1, Math.max(0, share));
    seen.set(name, { share, atMs, etag });
    return share;
  };
}
