import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Bytes } from '../../src/units.ts';

const TABLE = fileURLToPath(
  new URL('../../../../shared/traces/cachelib-distributions/kvcache_reg/sizes.json.gz', import.meta.url),
);

/** Where CacheLib's production sizes are expected. */
export const SIZE_TABLE_PATH = TABLE;

/**
 * Draws value sizes as Meta's key-value caches have them (CacheLib's kvcache_reg table), or undefined without the
 * file. Sizes above 64 KiB are left out: a single one would be seen in the smallest budget.
 */
export function kvcacheSizes(random: () => number): (() => Bytes) | undefined {
  if (!existsSync(TABLE)) return undefined;
  const table = JSON.parse(gunzipSync(readFileSync(TABLE)).toString()) as {
    valSizeRange: number[];
    valSizeRangeProbability: number[];
  };
  const sums: number[] = [];
  let sum = 0;
  for (const [i, weight] of table.valSizeRangeProbability.entries()) {
    if ((table.valSizeRange[i + 1] ?? 0) <= 65_536) sum += weight;
    sums.push(sum);
  }
  return () => {
    const wanted = random() * sum;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    const from = table.valSizeRange[low]!;
    const to = table.valSizeRange[low + 1] ?? from;
    return Math.max(1, Math.floor(from + random() * (to - from)));
  };
}
