import type { AccessListener, AccessRecord } from '../access.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { FreshnessAttachment } from '../freshness/attach.ts';
import type { LearnedFreshness } from '../freshness/learned-freshness.ts';
import { digest, validatorOf } from '../freshness/validator.ts';
import { Latest } from '../latest.ts';
import type { PrefetchOutcome, SetOptions } from '../options.ts';
import type { Count, Millis } from '../units.ts';
import { READS_OF_HOT, readsOfRank } from './expected-reads.ts';
import { Fleet, type FleetOptions } from './fleet.ts';
import { MovingRate } from './moving-rate.ts';
import { INSERTS_OVER_MS, type Pod, REGULARS_STAY } from './pod.ts';
import { type RuleLearner, RuleSignal } from './rule-signal.ts';
import { Ticker } from './ticker.ts';

/** What the fleet uses of an `L1Cache`. */
export interface FleetCache {
  readonly size: Count;
  has(key: string): boolean;
  /** The keys held and fresh, the most read first. */
  hottest(max: Count): string[];
  /** What its eviction has learned. */
  readonly lesson: number | undefined;
  learn(lesson: number): void;
  extend(key: string, ttlMs: Millis): boolean;
  delete(key: string): boolean;
  /** What others read begins as a regular; what a warm start brings counts as read long ago, as the hottest comes first. */
  prefetch(key: string, known?: Pick<SetOptions, 'frequency' | 'recency'>): PrefetchOutcome;
  readonly loadsInFlight: Count;
  onAccesses(listener: AccessListener): Disposable;
}

export interface FleetAttachmentOptions extends Omit<FleetOptions, 'pod' | 'clock'> {
  readonly cache: FleetCache;
  /** With it, TTLs are learned from others' notices, and values that others found valid live on. */
  readonly freshness?: {
    readonly learner: LearnedFreshness;
    readonly attachment: Pick<FreshnessAttachment<never>, 'expectChange'>;
  };
  /** With it, pods tell each other which value-flow rules hold; a `Predictor` is one. */
  readonly predictor?: RuleLearner;
  /** Longest time a value may live on others' word since this pod fetched it. Default 10 minutes. */
  readonly maxExtensionMs?: Millis;
  /** The cache's own clock. Default: the machine's monotonic clock. */
  readonly clock?: Clock;
}

export interface AttachedFleet extends AsyncDisposable {
  readonly fleet: Fleet;
}

/** Reads are averaged over this time, to bound the loads for announcements. */
const READS_OVER_MS: Millis = 10_000;
/** Keys of which it is known when they were fetched last, and in which state. */
const MAX_STAMPS: Count = 20_000;

/**
 * Ties a cache to its fleet: its misses are reported, its fetches tell others what changed, and it follows what
 * others tell. Loads go through `cache.prefetch`, so only loaders declared prefetchable are ever used.
 */
export async function attachFleet(options: FleetAttachmentOptions): Promise<AttachedFleet> {
  const { cache, freshness, predictor, rng, maxExtensionMs = 600_000 } = options;
  const clock = options.clock ?? systemClock;
  const stamps = new Latest<string, { readonly stamp: number; readonly fetchedMs: Millis }>(MAX_STAMPS);
  const insertRate = new MovingRate(INSERTS_OVER_MS);
  const readRate = new MovingRate(READS_OVER_MS);
  const since = { inserts: 0, reads: 0, lookMs: clock.now() };

  const pod: Pod = {
    holds: (key) => cache.has(key),
    prefetch: (key) => cache.prefetch(key, { frequency: READS_OF_HOT }),
    prewarm: (key, rank) => cache.prefetch(key, { frequency: readsOfRank(rank), recency: 'oldest' }),
    loadsInFlight: () => cache.loadsInFlight,
    forget: (key) => {
      freshness?.attachment.expectChange(key);
      cache.delete(key);
    },
    extend: (key) => {
      const fetchedMs = stamps.get(key)?.fetchedMs;
      if (fetchedMs === undefined || freshness === undefined || !cache.has(key)) return;
      const leftMs = fetchedMs + maxExtensionMs - clock.now();
      cache.extend(key, Math.min(leftMs, freshness.learner.onValidated(key, clock.now())));
    },
    workingSet: (max) => cache.hottest(max),
    lesson: () => cache.lesson,
    learn: (lesson) => cache.learn(lesson),
    evictionAgeMs: () => Math.max(1000, (REGULARS_STAY * cache.size) / Math.max(insertRate.perMs, 1e-6)),
    readsPerSecond: () => readRate.perMs * 1000,
  };
  const fleet = new Fleet({ ...options, pod, clock, rng });
  const ruleSignal = predictor && new RuleSignal(fleet, predictor, rng);

  const fetched = ({ key, value, origin, version, atMs }: AccessRecord) => {
    since.inserts++;
    const stamp = version ?? stampOf(value);
    if (origin === 'restore' || stamp === undefined) return;
    stamps.set(key, { stamp, fetchedMs: atMs });
    fleet.onFetched(key, stamp);
  };
  const listening = cache.onAccesses((batch) => {
    // By columns: a record is an object a row, and a value kept as bytes would be decoded for each hit.
    for (let row = 0; row < batch.length; row++) {
      const outcome = batch.outcomeAt(row);
      if (outcome === 'fill') {
        fetched(batch.at(row)!);
        continue;
      }
      since.reads++;
      if (outcome === 'miss') fleet.onMiss(batch.keyAt(row));
      else if (batch.isFirstUseOfPrefetchAt(row)) fleet.onPrefetchUsed(batch.keyAt(row));
    }
  });
  const tick = () => {
    const nowMs = clock.now();
    const elapsedMs = nowMs - since.lookMs;
    if (elapsedMs > 0) {
      insertRate.look(since.inserts, elapsedMs);
      readRate.look(since.reads, elapsedMs);
      Object.assign(since, { inserts: 0, reads: 0, lookMs: nowMs });
    }
    fleet.tick();
    ruleSignal?.tick(nowMs);
  };
  const dueMs = () => Math.min(fleet.dueMs, ruleSignal?.dueMs ?? Number.POSITIVE_INFINITY);
  const ticker = new Ticker(() => clock.now(), dueMs, tick);
  fleet.onDue(() => ticker.plan());
  await fleet.start();
  ticker.plan();
  return {
    fleet,
    [Symbol.asyncDispose]: async () => {
      ticker[Symbol.dispose]();
      listening[Symbol.dispose]();
      ruleSignal?.[Symbol.dispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
}

function stampOf(value: unknown): number | undefined {
  const { version, etag } = validatorOf(value, 0);
  return version ?? (etag === undefined ? undefined : digest(etag));
}
