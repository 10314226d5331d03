import { MemoryBus } from '../../src/fleet/memory-bus.ts';
import { seededRandom } from '../../src/random.ts';
import type { Count, Ratio } from '../../src/units.ts';
import { poisson } from '../freshness/random.ts';
import { chaoticRoute } from './chaos.ts';
import { type CacheKind, fillCaches, SimulatedPod } from './hot-shift.ts';
import { Timeline } from './timeline.ts';
import { ZipfKeys } from './zipf-keys.ts';

/** How a pod starts: with nothing, warming up while it serves, or warm before it reports ready. */
export type ColdStart = 'cold' | 'warm-while-serving' | 'warm-before-ready';

export interface ColdPodOptions {
  readonly seed: number;
  readonly readsPerSecond: number;
  readonly start: ColdStart;
  readonly watchSeconds: Count;
  /** Default 4,000, as it is in the library. */
  readonly loadsPerSecond?: number;
  /** The library's own cache, or an LRU that takes a tenth of the time. Default `lru`. */
  readonly cache?: CacheKind;
  /** Default 20,000. */
  readonly cacheEntries?: Count;
  /** Default 200,000. */
  readonly keys?: Count;
}

export interface ColdPodOutcome {
  /** Of its peers, while it was watched. */
  readonly steadyHitRatio: Ratio;
  /** Of each second since it served its first read. */
  readonly hitRatios: readonly Ratio[];
  /** How long it held back its readiness. */
  readonly heldBackSeconds: number;
}

const PEERS = 3;
const SLICE_MS = 50;
const LONGEST_HOLD_MS = 30_000;

/** A pod with an empty cache joins a fleet of warm ones. */
export async function simulateColdPod(options: ColdPodOptions): Promise<ColdPodOutcome> {
  const { cacheEntries = 20_000, keys = 200_000, readsPerSecond, loadsPerSecond = 4000 } = options;
  const rng = seededRandom(options.seed);
  const timeline = new Timeline();
  const { route } = chaoticRoute(timeline, seededRandom(options.seed + 1), () => ({}));
  const bus = options.start === 'cold' ? undefined : new MemoryBus(route);
  const members = Array.from({ length: PEERS + 1 }, (_, i) => `pod-${i}`);
  const sizes = { cache: options.cache ?? 'lru', cacheEntries, keys, readsPerSecond };
  const pods = members.map(
    (name, i) => new SimulatedPod(name, members, bus, timeline, seededRandom(i + 99), sizes),
  );
  await Promise.all(pods.map((pod) => pod.fleet?.start()));
  const [newcomer, ...peers] = pods as [SimulatedPod, ...SimulatedPod[]];
  const zipf = new ZipfKeys(keys);
  fillCaches(peers, zipf, cacheEntries, rng);

  const slice = (reading: readonly SimulatedPod[]) => {
    for (const pod of reading)
      for (let n = poisson((readsPerSecond * SLICE_MS) / 1000, rng); n > 0; n--) pod.read(zipf.draw(rng));
    for (const pod of pods) pod.tick();
    timeline.runUntil(timeline.nowMs + SLICE_MS);
  };
  let warm = false;
  void newcomer.fleet?.warmUp({ perSecond: loadsPerSecond }).then(() => {
    warm = true;
  });
  while (options.start === 'warm-before-ready' && !warm && timeline.nowMs < LONGEST_HOLD_MS) {
    slice(peers);
    // Lets the warm-up's promise settle.
    await Promise.resolve();
  }
  const heldBackSeconds = timeline.nowMs / 1000;
  const hitRatios: Ratio[] = [];
  const count = () => ({
    hits: peers.reduce((sum, p) => sum + p.hits, 0),
    reads: peers.reduce((sum, p) => sum + p.reads, 0),
  });
  const peersBefore = count();
  for (let second = 0; second < options.watchSeconds; second++) {
    const [hits, reads] = [newcomer.hits, newcomer.reads];
    for (let i = 0; i < 1000 / SLICE_MS; i++) slice(pods);
    hitRatios.push((newcomer.hits - hits) / (newcomer.reads - reads));
  }
  const steadyHitRatio = (count().hits - peersBefore.hits) / (count().reads - peersBefore.reads);
  return { steadyHitRatio, hitRatios, heldBackSeconds };
}
