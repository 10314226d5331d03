import { Fleet } from '../../src/fleet/fleet.ts';
import { MemoryBus } from '../../src/fleet/memory-bus.ts';
import { MovingRate } from '../../src/fleet/moving-rate.ts';
import { INSERTS_OVER_MS } from '../../src/fleet/pod.ts';
import { seededRandom } from '../../src/random.ts';
import type { Bytes, Count, Millis, Ratio } from '../../src/units.ts';
import { poisson } from '../freshness/random.ts';
import { type Chaos, chaoticRoute } from './chaos.ts';
import { keyName } from './key-name.ts';
import { LibraryCache } from './library-cache.ts';
import { LightCache } from './light-cache.ts';
import type { Insertion, NumberedCache, Why } from './numbered-cache.ts';
import { SECRET, SharedSecrets } from './shared-secrets.ts';
import { Timeline } from './timeline.ts';
import { ZipfKeys } from './zipf-keys.ts';

export type CacheKind = 'library' | 'lru';

export interface HotShiftOptions {
  readonly seed: number;
  readonly readsPerSecond: number;
  readonly fleet: 'on' | 'off';
  /** The library's own cache, or an LRU that takes a tenth of the time. Default `lru`. */
  readonly cache?: CacheKind;
  /** Default 50. */
  readonly pods?: Count;
  /** Default 20,000. */
  readonly cacheEntries?: Count;
  /** Default 200,000. */
  readonly keys?: Count;
  /** The most read keys that are replaced by unknown ones. Default 5,000. */
  readonly shiftedKeys?: Count;
  /** How long after the shift is watched. */
  readonly watchMs: Millis;
  readonly chaos?: Chaos;
  /** One pod sends this many made-up signals a second. */
  readonly floodPerSecond?: Count;
}

export interface HotShiftOutcome {
  /** Hit ratio of all pods in the 10 s before the shift. */
  readonly steadyHitRatio: Ratio;
  /** Hit ratio of each second after it. */
  readonly hitRatios: readonly Ratio[];
  /** Origin fetches of all pods from the shift to the end of the watch, and during the 10 s before. */
  readonly fetches: Count;
  readonly steadyFetches: Count;
  /** Mean over pods, from the shift to the end of the watch. */
  readonly sentBytesPerSecond: Bytes;
  readonly receivedBytesPerSecond: Bytes;
}

const SLICE_MS = 50;
const STEADY_MS = 10_000;
const NAMESPACES = [{ prefix: 'k:', keys: 'encrypted' }] as const;

const SECRETS = new SharedSecrets(NAMESPACES);

/** What all pods of a simulation have alike. */
export interface PodSizes {
  readonly cache: CacheKind;
  readonly cacheEntries: Count;
  readonly keys: Count;
  readonly readsPerSecond: number;
}

/** One simulated pod: the library's fleet code around a cache without values. */
export class SimulatedPod {
  readonly name: string;
  readonly cache: NumberedCache;
  readonly fleet: Fleet | undefined;
  hits = 0;
  reads = 0;
  fetches = 0;
  readonly #timeline: Timeline;
  readonly #readsPerSecond: number;
  readonly #insertRate = new MovingRate(INSERTS_OVER_MS);
  #insertsAtTick = 0;

  constructor(
    name: string,
    members: readonly string[],
    bus: MemoryBus | undefined,
    timeline: Timeline,
    rng: () => Ratio,
    sizes: PodSizes,
  ) {
    this.name = name;
    this.#timeline = timeline;
    const { cacheEntries, readsPerSecond } = sizes;
    this.#readsPerSecond = readsPerSecond;
    this.cache = newCache(sizes);
    const load = (key: string, why: Why, rank?: Ratio) => this.#load(Number(key.slice(2)), why, rank);
    this.fleet =
      bus &&
      new Fleet(
        {
          transport: bus.connect(name),
          pod: {
            holds: (key) => this.cache.holds(Number(key.slice(2))),
            prefetch: (key) => (Number.isNaN(Number(key.slice(2))) ? 'no-loader' : load(key, 'hot')),
            prewarm: (key, rank) => load(key, 'warm-up', rank),
            loadsInFlight: () => 0,
            forget: () => {},
            extend: () => {},
            workingSet: (max) => this.cache.hottest(max).map(keyName),
            lesson: () => this.cache.lesson,
            learn: (lesson) => this.cache.learn(lesson),
            evictionAgeMs: () => (this.cache.regularsStay * cacheEntries) / this.#insertRate.perMs,
            readsPerSecond: () => readsPerSecond,
          },
          secret: SECRET,
          namespaces: NAMESPACES,
          members,
          clock: { now: () => timeline.nowMs },
          rng,
        },
        SECRETS,
      );
  }

  read(id: number): void {
    this.reads++;
    const outcome = this.cache.read(id);
    if (outcome === 'miss') {
      this.#load(id, 'read');
      this.fleet?.onMiss(keyName(id));
      return;
    }
    this.hits++;
    if (outcome === 'first-hit') this.fleet?.onPrefetchUsed(keyName(id));
  }

  /** Knows how often it inserts, as after a long time of it. */
  settle(inserts: Count, reads: Count): void {
    this.#insertRate.look(inserts, (reads / this.#readsPerSecond) * 1000);
  }

  tick(): void {
    this.#insertRate.look(this.fetches - this.#insertsAtTick, SLICE_MS);
    this.#insertsAtTick = this.fetches;
    if (this.fleet && this.fleet.dueMs <= this.#timeline.nowMs) this.fleet.tick();
  }

  #load(id: number, why: Why, rank?: Ratio): Insertion {
    const outcome = this.cache.insert(id, why, rank);
    if (outcome === 'started') this.fetches++;
    return outcome;
  }
}

// One seed for all: which keys an eviction policy samples does not matter here, and pods need not differ in it.
function newCache({ cache, cacheEntries, keys }: PodSizes): NumberedCache {
  return cache === 'library' ? new LibraryCache(cacheEntries, keys, 1) : new LightCache(cacheEntries, keys);
}

/** All pods read the same Zipf keys; at one moment the most read 5,000 are others. */
export function simulateHotShift(options: HotShiftOptions): HotShiftOutcome {
  const {
    pods: podCount = 50,
    cacheEntries = 20_000,
    keys = 200_000,
    shiftedKeys = 5000,
    cache = 'lru',
    readsPerSecond,
  } = options;
  const rng = seededRandom(options.seed);
  const timeline = new Timeline();
  const { route, traffic } = chaoticRoute(
    timeline,
    seededRandom(options.seed + 1),
    () => options.chaos ?? {},
  );
  const bus = new MemoryBus(route);
  const members = Array.from({ length: podCount }, (_, i) => `pod-${i}`);
  const sizes = { cache, cacheEntries, keys: keys + shiftedKeys, readsPerSecond };
  const pods = members.map(
    (name, i) =>
      new SimulatedPod(
        name,
        members,
        options.fleet === 'on' ? bus : undefined,
        timeline,
        seededRandom(i + 99),
        sizes,
      ),
  );
  for (const pod of pods) void pod.fleet?.start();
  const zipf = new ZipfKeys(keys);
  fillCaches(pods, zipf, cacheEntries, rng);

  const advance = (forMs: Millis, eachSecond: (hitRatio: Ratio) => void) => {
    const endMs = timeline.nowMs + forMs;
    let [hits, reads] = [0, 0];
    while (timeline.nowMs < endMs) {
      for (const pod of pods) {
        const [hitsBefore, readsBefore] = [pod.hits, pod.reads];
        for (let n = poisson((readsPerSecond * SLICE_MS) / 1000, rng); n > 0; n--) pod.read(zipf.draw(rng));
        pod.tick();
        hits += pod.hits - hitsBefore;
        reads += pod.reads - readsBefore;
      }
      if (options.floodPerSecond) flood(pods[0]!, options.floodPerSecond, rng);
      timeline.runUntil(timeline.nowMs + SLICE_MS);
      if (timeline.nowMs % 1000 === 0) {
        eachSecond(hits / reads);
        [hits, reads] = [0, 0];
      }
    }
  };
  const fetches = () => pods.reduce((sum, pod) => sum + pod.fetches, 0);
  const bytes = () => ({
    sent: pods.reduce(
      (sum, { fleet }) => sum + (fleet ? fleet.stats().sentBytes + 32 * fleet.stats().sentMessages : 0),
      0,
    ),
    received: [...traffic.receivedBytes.values()].reduce((sum, n) => sum + n, 0),
  });

  let steady = 0;
  const atStart = fetches();
  advance(STEADY_MS, (hitRatio) => {
    steady += hitRatio / (STEADY_MS / 1000);
  });
  const atShift = fetches();
  const bytesAtShift = bytes();
  zipf.shift(shiftedKeys);
  const hitRatios: Ratio[] = [];
  advance(options.watchMs, (hitRatio) => hitRatios.push(hitRatio));
  const perPodSecond = podCount * (options.watchMs / 1000);
  return {
    steadyHitRatio: steady,
    hitRatios,
    fetches: fetches() - atShift,
    steadyFetches: atShift - atStart,
    sentBytesPerSecond: (bytes().sent - bytesAtShift.sent) / perPodSecond,
    receivedBytesPerSecond: (bytes().received - bytesAtShift.received) / perPodSecond,
  };
}

/** One good second may be luck, and what a warm start brought may be gone again: so many together count. */
const LASTING_SECONDS = 5;

/**
 * The first second in which the hit ratio was back at `share` of the steady one, and was so over the five from it too;
 * Infinity if there was none.
 */
export function secondsToRecover(
  { steadyHitRatio, hitRatios }: Pick<HotShiftOutcome, 'steadyHitRatio' | 'hitRatios'>,
  share: Ratio,
): number {
  const wanted = share * steadyHitRatio;
  const second = hitRatios.findIndex((hitRatio, at) => {
    const lasting = hitRatios.slice(at, at + LASTING_SECONDS);
    return hitRatio >= wanted && lasting.reduce((sum, ratio) => sum + ratio, 0) >= wanted * lasting.length;
  });
  return second === -1 ? Number.POSITIVE_INFINITY : second + 1;
}

/** Brings every cache to its steady state: as many reads as fill it several times over, without the fleet. */
export function fillCaches(
  pods: readonly SimulatedPod[],
  zipf: ZipfKeys,
  cacheEntries: Count,
  rng: () => Ratio,
): void {
  for (const pod of pods) {
    let inserted = 0;
    let readsSinceFull = 0;
    while (inserted < 2.5 * cacheEntries) {
      const id = zipf.draw(rng);
      if (inserted > cacheEntries) readsSinceFull++;
      if (pod.cache.read(id) === 'miss') {
        pod.cache.insert(id, 'read');
        inserted++;
      }
    }
    pod.settle(inserted - cacheEntries, readsSinceFull);
  }
}

/** A pod gone wrong: reports misses of keys that do not exist. */
function flood(pod: SimulatedPod, perSecond: Count, rng: () => Ratio): void {
  for (let n = (perSecond * SLICE_MS) / 1000; n > 0; n--)
    pod.fleet?.onMiss(`k:fake-${Math.floor(rng() * 1000)}`);
}
