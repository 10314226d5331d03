import type { SimulatedCache } from './policies/policy.ts';
import type { Trace } from './trace.ts';

export interface HitRatios {
  readonly hitRatioPercent: number;
  /** Share of the bytes asked for that were held; without sizes in the trace every read counts the same. */
  readonly byteHitRatioPercent: number;
}

/** Replays a trace through one cache. */
export function simulate(trace: Trace, cache: SimulatedCache): HitRatios {
  const { keys, sizesBytes } = trace;
  let hits = 0;
  let hitBytes = 0;
  let bytes = 0;
  for (let at = 0; at < keys.length; at++) {
    const hit = cache.access(keys[at] as number);
    if (hit) hits++;
    if (sizesBytes === undefined) continue;
    const size = sizesBytes[at] as number;
    bytes += size;
    if (hit) hitBytes += size;
  }
  const hitRatioPercent = (100 * hits) / keys.length;
  return {
    hitRatioPercent,
    byteHitRatioPercent: sizesBytes === undefined ? hitRatioPercent : (100 * hitBytes) / bytes,
  };
}
