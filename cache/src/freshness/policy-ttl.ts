import type { Millis, Ratio } from '../units.ts';
import type { FreshnessPolicy } from './policy.ts';
import { ttlOfCost, ttlOfShare, typicalRatePerMs } from './stale-share.ts';

export const SIX_HOURS_MS: Millis = 6 * 3_600_000;
/** No TTL lets a key's hits be stale more often than this share, however cheap that would be. */
const MAX_KEY_SHARE: Ratio = 0.25;

/** The TTL a policy asks for under a belief, for a key read so often; a stale read costs `stalePrice` fetches. */
export function ttlByPolicy(
  policy: FreshnessPolicy,
  belief: Float64Array,
  readsPerMs: number,
  stalePrice: number,
  maxAgeMs: Millis,
): Millis {
  switch (policy.kind) {
    case 'article-preset':
      return Math.min(0.5 / typicalRatePerMs(belief), SIX_HOURS_MS);
    case 'target-share':
      return ttlOfShare(belief, policy.shareRatio, maxAgeMs);
    case 'staleness-budget': {
      const most = ttlOfShare(belief, MAX_KEY_SHARE, maxAgeMs);
      if (!(readsPerMs > 0)) return most;
      return Math.min(most, ttlOfCost(belief, readsPerMs, stalePrice, maxAgeMs));
    }
  }
}
