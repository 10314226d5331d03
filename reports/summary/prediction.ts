import type { Rng } from '../../scenarios/topology/topology.ts';
import type { Block } from '../schema.ts';
import { type Figure, quotient, type SampleKind } from './figure.ts';

/** What became of the loads that nobody had asked for yet. */
export interface PredictionSummary {
  /** Read before they were given up, of those settled. */
  readonly accuracy: Figure;
  /** Reads that an earlier value named and that would have missed: found ready or under way by a prefetch. */
  readonly coverage: Figure;
  /**
   * The same, without what nothing in a pod could tell: the first read of a kind, and reads of an owner where the value
   * leads to several, or in other requests to none.
   */
  readonly foreseeableCoverage: Figure;
  /** There before the read, of those used. */
  readonly inTime: Figure;
  /** There before the read, of all that could be: foreseeable, and no pause shorter than the read's own load. */
  readonly possibleInTime: Figure;
  /** Never read, for each read that the origin had to answer. */
  readonly waste: Figure;
}

/** The figures of prediction over the blocks of a scenario; null where it never guesses. */
export function summarisePrediction(blocks: readonly Block[], rng: Rng): PredictionSummary | null {
  const counted = blocks.flatMap(({ prefetches, readsByOutcome }) =>
    prefetches === null ? [] : [{ ...prefetches, misses: readsByOutcome.origin?.count ?? 0 }],
  );
  if (counted.length === 0) return null;
  type Counted = (typeof counted)[number];
  const share = (of: (one: Counted) => number, per: (one: Counted) => number, kind: SampleKind) =>
    quotient(
      counted.map((one) => ({ of: of(one), per: per(one) })),
      'ratio',
      kind,
      rng,
    );
  const used = ({ timely, late }: Counted) => timely + late;
  return {
    accuracy: share(used, (one) => used(one) + one.unused, 'prefetches'),
    // A late prefetch is among the misses already.
    coverage: share(used, ({ timely, chainedMisses }) => timely + chainedMisses, 'reads'),
    foreseeableCoverage: share(
      used,
      ({ timely, chainedMisses, firstOfKind, ambiguous }) => timely + chainedMisses - firstOfKind - ambiguous,
      'reads',
    ),
    inTime: share(({ timely }) => timely, used, 'prefetches'),
    possibleInTime: share(
      ({ timely }) => timely,
      ({ timely, chainedMisses, firstOfKind, ambiguous, shortPause }) =>
        timely + chainedMisses - firstOfKind - ambiguous - shortPause,
      'reads',
    ),
    waste: share(
      ({ unused }) => unused,
      ({ misses }) => misses,
      'reads',
    ),
  };
}
