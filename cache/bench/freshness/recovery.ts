import { seededRandom } from '../../src/random.ts';
import type { Count, Millis } from '../../src/units.ts';
import { type Mutations, mutationsOf } from './mutations.ts';
import { simulate, type WorldKey } from './simulate.ts';
import { learned } from './ttl-sources.ts';

const KEYS: Count = 20;
const READS_PER_MS = 0.005;
/** TTL at 5 % stale, as a share of the mean time between changes. */
const SETTLED = 0.103;

/** A key that has become fast is watched for so long: no TTL it had is longer than 6 h. */
const WATCHED_MS: Millis = 24 * 3_600_000;

/** Seconds from a change of the mean interval until the median key's TTL is within twice or half of its new place. */
export function recoverySeconds(seed: number, fromMs: Millis, toMs: Millis): number {
  const turnMs = 60 * fromMs;
  const targetMs = Math.min(SETTLED * toMs, 6 * 3_600_000);
  const recovered = new Map<string, Millis>();
  const keys: WorldKey[] = Array.from({ length: KEYS }, (_, i) => ({
    name: `key:${i}`,
    domain: 'key',
    readsPerMs: READS_PER_MS,
    meanChangeMs: toMs,
    mutations: turning(seed * 7919 + i, fromMs, toMs, turnMs),
  }));
  const source = learned({ policy: { kind: 'target-share', shareRatio: 0.05 }, rng: seededRandom(seed) });
  simulate(keys, source, {
    warmUpMs: 0,
    untilMs: turnMs + Math.max(20 * toMs, Math.min(fromMs, WATCHED_MS)),
    sight: 'etag',
    rng: seededRandom(seed + 100),
    onLife: ({ key, atMs, ttlMs }) => {
      if (atMs < turnMs || recovered.has(key.name)) return;
      if (ttlMs > targetMs / 2 && ttlMs < targetMs * 2) recovered.set(key.name, atMs - turnMs);
    },
  });
  const times = keys.map((key) => recovered.get(key.name) ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
  return times[KEYS >> 1]! / 1000;
}

/** Poisson changes at one mean interval up to a moment, at another from then on. */
function turning(seed: number, fromMs: Millis, toMs: Millis, turnMs: Millis): Mutations {
  const before = mutationsOf('poisson', fromMs, seededRandom(seed));
  const after = mutationsOf('poisson', toMs, seededRandom(seed + 1));
  let turned = false;
  return {
    versionAt(atMs) {
      turned = atMs >= turnMs;
      return before.versionAt(Math.min(atMs, turnMs)) + (turned ? after.versionAt(atMs - turnMs) : 0);
    },
    get lastMs() {
      return turned && after.lastMs > 0 ? turnMs + after.lastMs : before.lastMs;
    },
    phase: 'steady',
    get nextMs() {
      return turned || before.nextMs > turnMs ? turnMs + after.nextMs : before.nextMs;
    },
  };
}
