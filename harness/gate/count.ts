import { join } from 'node:path';
import { execa } from 'execa';
import type { ExactCounts } from '../../reports/gate/sample.ts';
import type { CountingPlan, Counts } from '../../scenarios/counting/counts.ts';
import { bundleProgram } from '../targets/local/service-bundle.ts';
import type { Checkout } from './checkout.ts';

/** Lookups through Redis are counted where Redis is; everything else where the cache is. */
const REDIS_SCENARIO = 'shared-redis';
const CACHE_SCENARIO = 'l1-passive';
const PLAN: Omit<CountingPlan, 'redis'> = {
  services: 12,
  seed: 1,
  scenarios: [REDIS_SCENARIO, CACHE_SCENARIO],
  requests: 4_000,
  budgetBytes: 8 * 2 ** 20,
};

/**
 * Runs the counting program of one side. A side that has none, or whose counting fails, has no counts, and a metric
 * without samples never passes.
 */
export async function countExactly(
  side: Checkout,
  redis: CountingPlan['redis'],
  workFolder: string,
  env: Readonly<Record<string, string>>,
): Promise<ExactCounts> {
  try {
    const program = await bundleProgram(
      { sources: side.folder, program: join(side.folder, 'scenarios', 'counting', 'main.ts') },
      workFolder,
    );
    const { stdout } = await execa(process.execPath, [program, JSON.stringify({ ...PLAN, redis })], { env });
    const counts = stdout.split('\n').map((line) => JSON.parse(line) as Counts);
    return metricsOf(counts);
  } catch {
    return {};
  }
}

function metricsOf(counts: readonly Counts[]): ExactCounts {
  const redis = counts.find(({ scenario }) => scenario === REDIS_SCENARIO);
  const cache = counts.find(({ scenario }) => scenario === CACHE_SCENARIO);
  if (redis === undefined || cache === undefined) return {};
  const n = cache.requests;
  return {
    'Redis commands per request': { value: redis.redisCommandsPerRequest, n: redis.requests },
    'origin calls per request': { value: cache.originCallsPerRequest, n },
    'bytes per request': { value: cache.originBytesPerRequest, n },
    'hit ratio': { value: cache.hitRatio, n },
    ...(cache.allocatedBytesPerHit === null
      ? {}
      : { 'allocations per hit': { value: cache.allocatedBytesPerHit, n: 1_000_000 } }),
    ...(cache.chargedBytesPerEntry === null
      ? {}
      : { 'charged bytes per entry': { value: cache.chargedBytesPerEntry, n } }),
  };
}
