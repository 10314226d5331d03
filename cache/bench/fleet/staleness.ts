import { Fleet } from '../../src/fleet/fleet.ts';
import { MemoryBus } from '../../src/fleet/memory-bus.ts';
import type { Pod } from '../../src/fleet/pod.ts';
import { LearnedFreshness } from '../../src/freshness/learned-freshness.ts';
import { seededRandom } from '../../src/random.ts';
import type { Count, Millis, Ratio } from '../../src/units.ts';
import { type Mutations, mutationsOf } from '../freshness/mutations.ts';
import { exponential, poisson } from '../freshness/random.ts';
import { type Chaos, chaoticRoute } from './chaos.ts';
import { SECRET, SharedSecrets } from './shared-secrets.ts';
import { Timeline } from './timeline.ts';

/** What the pods tell each other. */
type Sharing = 'nothing' | 'changes' | 'changes-and-validations';

export interface StalenessOptions {
  readonly seed: number;
  readonly sharing: Sharing;
  /** Default 50. */
  readonly pods?: Count;
  /** Default 40. */
  readonly keys?: Count;
  readonly changeEveryMs: Millis;
  /** Of each key in each pod. */
  readonly readsPerSecond: number;
  readonly warmUpMs: Millis;
  readonly watchMs: Millis;
  readonly chaos?: Chaos;
  /** One pod tells of this many changes a second that never were. */
  readonly falseChangesPerSecond?: Count;
}

export interface StalenessOutcome {
  /** Stale reads / reads. */
  readonly staleRatio: Ratio;
  readonly reads: Count;
  readonly fetches: Count;
  readonly fetchesPerSecond: number;
  readonly sentBytesPerSecond: number;
}

const TICK_MS = 100;

interface Entry {
  version: number;
  heldFromMs: Millis;
  expiresMs: Millis;
  staleFromMs: Millis;
  /** Grows when the entry's planned end no longer counts. */
  epoch: number;
}

/** One pod that reads the same keys as all others; TTLs by the library's learner, signals by its fleet. */
class FreshPod implements Pod {
  reads = 0;
  staleReads = 0;
  fetches = 0;
  readonly fleet: Fleet | undefined;
  readonly #entries: Entry[];
  readonly #world: World;
  readonly #learner: LearnedFreshness;

  constructor(world: World, name: string, members: readonly string[], bus: MemoryBus) {
    this.#world = world;
    const { sharing, keys } = world;
    this.#learner = new LearnedFreshness({
      policy: { kind: 'target-share', shareRatio: 0.05 },
      spread: sharing === 'nothing' ? 'alone' : 'fleet',
      rng: world.rng,
      trackedKeys: keys.length,
    });
    this.#entries = keys.map(() => ({ version: -1, heldFromMs: 0, expiresMs: -1, staleFromMs: 0, epoch: 0 }));
    const clock = { now: () => world.timeline.nowMs };
    if (sharing !== 'nothing')
      this.fleet = new Fleet(
        {
          transport: bus.connect(name),
          pod: this,
          secret: SECRET,
          members,
          clock,
          rng: world.rng,
        },
        SECRETS,
      );
    for (let id = 0; id < keys.length; id++) this.#planRead(id, 0);
  }

  /** Counts the reads served since the entry's last change of state, fresh and stale. */
  settle(id: number): void {
    const entry = this.#entries[id]!;
    const toMs = Math.min(this.#world.timeline.nowMs, entry.expiresMs);
    if (toMs <= entry.heldFromMs) return;
    const staleMs = Math.max(0, toMs - Math.max(entry.heldFromMs, entry.staleFromMs));
    const stale = poisson(this.#world.readsPerMs * staleMs, this.#world.rng);
    const fresh = poisson(this.#world.readsPerMs * (toMs - entry.heldFromMs - staleMs), this.#world.rng);
    this.#learner.onHits(`k:${id}`, stale + fresh);
    if (this.#world.watching) {
      this.reads += stale + fresh;
      this.staleReads += stale;
    }
    entry.heldFromMs = toMs;
  }

  holds(key: string): boolean {
    return this.#entries[idOf(key)]!.expiresMs > this.#world.timeline.nowMs;
  }

  forget(key: string): void {
    const id = idOf(key);
    this.settle(id);
    this.#entries[id]!.expiresMs = this.#world.timeline.nowMs;
    this.#noticed.add(id);
    this.#planRead(id, 0);
  }

  extend(key: string): void {
    if (this.#world.sharing !== 'changes-and-validations') return;
    const id = idOf(key);
    this.settle(id);
    const ttlMs = this.#learner.onValidated(key, this.#world.timeline.nowMs);
    const entry = this.#entries[id]!;
    entry.expiresMs = Math.max(entry.expiresMs, this.#world.timeline.nowMs + ttlMs);
    this.#planRead(id, entry.expiresMs - this.#world.timeline.nowMs);
  }

  prefetch() {
    return 'no-loader' as const;
  }

  prewarm() {
    return 'no-loader' as const;
  }

  loadsInFlight(): Count {
    return 0;
  }

  workingSet(): string[] {
    return [];
  }

  lesson() {
    return undefined;
  }

  learn(): void {}

  evictionAgeMs(): Millis {
    return 3_600_000;
  }

  readsPerSecond(): number {
    return this.#world.readsPerMs * 1000 * this.#entries.length;
  }

  readonly #noticed = new Set<number>();

  /** The first read after the wait finds nothing fresh, and fetches. */
  #planRead(id: number, waitMs: Millis): void {
    const epoch = ++this.#entries[id]!.epoch;
    this.#world.timeline.after(waitMs + exponential(1 / this.#world.readsPerMs, this.#world.rng), () => {
      if (this.#entries[id]!.epoch === epoch) this.#fetch(id);
    });
  }

  #fetch(id: number): void {
    const { timeline, keys, watching } = this.#world;
    this.settle(id);
    const version = keys[id]!.versionAt(timeline.nowMs);
    if (watching) {
      this.reads++;
      this.fetches++;
    }
    const ttlMs = this.#learner.onFetched({
      key: `k:${id}`,
      atMs: timeline.nowMs,
      validator: { etag: String(version) },
      cause: this.#noticed.delete(id) ? 'notice' : 'read',
    });
    const entry = this.#entries[id]!;
    entry.version = version;
    entry.heldFromMs = timeline.nowMs;
    entry.expiresMs = timeline.nowMs + ttlMs;
    entry.staleFromMs = keys[id]!.nextMs;
    this.fleet?.onFetched(`k:${id}`, version);
    this.#planRead(id, ttlMs);
  }
}

interface World {
  readonly timeline: Timeline;
  readonly rng: () => Ratio;
  readonly keys: readonly Mutations[];
  readonly readsPerMs: number;
  readonly sharing: Sharing;
  watching: boolean;
}

const SECRETS = new SharedSecrets([]);

/** Pods that read the same keys: how stale they serve, and what it costs the origin, with and without signals. */
export function simulateStaleness(options: StalenessOptions): StalenessOutcome {
  const timeline = new Timeline();
  const rng = seededRandom(options.seed);
  const world: World = {
    timeline,
    rng,
    keys: Array.from({ length: options.keys ?? 40 }, (_, id) =>
      mutationsOf('poisson', options.changeEveryMs, seededRandom(options.seed * 7919 + id)),
    ),
    readsPerMs: options.readsPerSecond / 1000,
    sharing: options.sharing,
    watching: false,
  };
  const { route } = chaoticRoute(timeline, seededRandom(options.seed + 1), () => ({
    minDelayMs: 5,
    maxDelayMs: 50,
    ...options.chaos,
  }));
  const bus = new MemoryBus(route);
  const members = Array.from({ length: options.pods ?? 50 }, (_, i) => `pod-${i}`);
  const pods = members.map((name) => new FreshPod(world, name, members, bus));
  for (const pod of pods) void pod.fleet?.start();
  const liar = options.falseChangesPerSecond ? pods[0]?.fleet : undefined;
  const tick = () => {
    for (const { fleet } of pods) if (fleet && fleet.dueMs <= timeline.nowMs) fleet.tick();
    for (let n = ((options.falseChangesPerSecond ?? 0) * TICK_MS) / 1000; liar && n > 0; n--)
      liar.onFetched(`k:${Math.floor(rng() * world.keys.length)}`, Math.floor(rng() * 2 ** 32));
    timeline.after(TICK_MS, tick);
  };
  if (options.sharing !== 'nothing') timeline.after(TICK_MS, tick);
  timeline.runUntil(options.warmUpMs);
  for (const pod of pods) for (let id = 0; id < world.keys.length; id++) pod.settle(id);
  world.watching = true;
  const sentBefore = sentBytes(pods);
  timeline.runUntil(options.warmUpMs + options.watchMs);
  for (const pod of pods) for (let id = 0; id < world.keys.length; id++) pod.settle(id);
  const honest = liar === undefined ? pods : pods.slice(1);
  const sum = (of: (pod: FreshPod) => number) => honest.reduce((total, pod) => total + of(pod), 0);
  const seconds = options.watchMs / 1000;
  return {
    staleRatio: sum((pod) => pod.staleReads) / sum((pod) => pod.reads),
    reads: sum((pod) => pod.reads),
    fetches: sum((pod) => pod.fetches),
    fetchesPerSecond: sum((pod) => pod.fetches) / seconds,
    sentBytesPerSecond: (sentBytes(pods) - sentBefore) / pods.length / seconds,
  };
}

function sentBytes(pods: readonly FreshPod[]): number {
  return pods.reduce((sum, { fleet }) => sum + (fleet?.stats().sentBytes ?? 0), 0);
}

function idOf(key: string): number {
  return Number(key.slice(2));
}
