import type { Count } from 'l1-cache';
import { mean } from 'simple-statistics';
import type { Rng } from '../../scenarios/topology/topology.ts';
import { bootstrapIndices, bootstrapInterval, type Interval } from '../statistics/bootstrap.ts';

export type Unit = 'ns' | 'bytes' | 'ratio' | 'times' | 'us/request' | '1/request' | 'bytes/byte' | 'bytes/s';

/** What a figure's `n` counts. */
export type SampleKind =
  | 'requests'
  | 'reads'
  | 'batches'
  | 'blocks'
  | 'pairs'
  | 'pods'
  | 'entries'
  | 'pauses'
  | 'samples'
  | 'prefetches'
  | 'seeds';

/** One number of a report, with everything needed to judge it. */
export interface Figure {
  /** Null when nothing was measured. */
  readonly value: number | null;
  readonly unit: Unit;
  readonly n: Count;
  readonly of: SampleKind;
  /** 95 % interval over blocks, pods or pairs; null when there are too few for one. */
  readonly interval: Interval | null;
  /** The origin's emulated wait is part of this number. */
  readonly emulated: boolean;
}

export function missing(unit: Unit, of: SampleKind): Figure {
  return { value: null, unit, n: 0, of, interval: null, emulated: false };
}

/** A share or a rate: the sum of one thing over the sum of another, with the interval over blocks. */
export function quotient(
  parts: readonly { readonly of: number; readonly per: number }[],
  unit: Unit,
  of: SampleKind,
  rng: Rng,
): Figure {
  const whole = (indices: readonly number[]) => {
    let top = 0;
    let bottom = 0;
    for (const i of indices) {
      top += parts[i]!.of;
      bottom += parts[i]!.per;
    }
    return top / bottom;
  };
  const n = parts.reduce((sum, part) => sum + part.per, 0);
  if (n === 0) return missing(unit, of);
  return {
    value: whole(parts.map((_, i) => i)),
    unit,
    n,
    of,
    interval: bootstrapIndices(parts.length, whole, { rng, resamples: 1000 }),
    emulated: false,
  };
}

/** The mean over pods, with the interval over pods. */
export function meanOverPods(values: readonly number[], unit: Unit, rng: Rng): Figure {
  if (values.length === 0) return missing(unit, 'pods');
  return {
    value: mean([...values]),
    unit,
    n: values.length,
    of: 'pods',
    interval: bootstrapInterval(values, mean, { rng, resamples: 1000 }),
    emulated: false,
  };
}
