import type { Count, Millis, Ratio } from '../units.ts';
import { GrowthGuard } from './growth-guard.ts';
import { type Fetched, observationOf, stampOf } from './observation.ts';
import { checkFreshnessOptions, type KeyFreshness, type LearnedFreshnessOptions } from './options.ts';
import type { FreshnessPolicy } from './policy.ts';
import { SIX_HOURS_MS, ttlByPolicy } from './policy-ttl.ts';
import { logLikelihood, type Observation, RATES, RateGrid } from './rate-grid.ts';
import { StalePrice } from './stale-price.ts';
import { changedBy, expectedStaleMs, typicalRatePerMs } from './stale-share.ts';
import { templateOfKey } from './template.ts';
import { type TemplatePrior, TemplatePriors } from './template-prior.ts';
import { TrackedKeys, UNTRACKED } from './tracked-keys.ts';

const SLOW_RETENTION = 0.98;
const FAST_RETENTION = 0.85;
/** ln Bayes factor at which the fast belief replaces the slow one, and what of it is kept a fetch. */
const MOVED_NATS = 3.5;
const MOVED_KEPT = 0.95;
/** Beliefs after which a template is trusted to set the first TTL of its keys. */
const KNOWN_KIND = 8;
const READS_KEPT = 0.9;
const INITIAL_TTL_MS: Millis = 1000;

/**
 * Learns how often values change, from what their refetches show, and sets each TTL accordingly.
 *
 * Two beliefs a key (slow and fast forgetting) over 33 change rates; the fast one takes over when it explains the
 * refetches better. New keys start from the belief of their template. Works at fetches only: a hit costs one
 * counter, and that in batches. It cannot notice a change before the TTL it gave is over: only an invalidation or
 * another pod's notice can.
 *
 * Source: Cho & Garcia-Molina, TOIT 2003.
 */
export class LearnedFreshness {
  readonly #policy: FreshnessPolicy;
  readonly #maxAgeMs: Millis;
  readonly #minTtlMs: Millis;
  readonly #initialTtlMs: (key: string) => Millis;
  readonly #spread: number;
  readonly #templateOf: (key: string) => string;
  readonly #rng: () => Ratio;
  readonly #keys: TrackedKeys;
  readonly #guard: GrowthGuard;
  readonly #slow: RateGrid;
  readonly #fast: RateGrid;
  readonly #priors = new TemplatePriors();
  readonly #price: StalePrice;
  readonly #likelihood = new Float64Array(RATES);
  readonly #probabilities = new Float64Array(RATES);

  /** @throws {CacheError} `L1_BAD_OPTION` when a number is out of range. */
  constructor(options: LearnedFreshnessOptions) {
    checkFreshnessOptions(options);
    this.#policy = options.policy ?? { kind: 'staleness-budget', budgetRatio: 0.05 };
    this.#maxAgeMs = options.maxAgeMs ?? SIX_HOURS_MS;
    this.#minTtlMs = options.minTtlMs ?? 50;
    const { initialTtlMs = INITIAL_TTL_MS } = options;
    this.#initialTtlMs = typeof initialTtlMs === 'number' ? () => initialTtlMs : initialTtlMs;
    this.#spread = options.spread === 'fleet' ? 0.9 : 0.1;
    this.#templateOf = options.templateOf ?? templateOfKey;
    this.#rng = options.rng;
    const tracked = options.trackedKeys ?? 20_000;
    this.#keys = new TrackedKeys(tracked, options.rng);
    this.#guard = new GrowthGuard(this.#keys, this.#minTtlMs);
    this.#slow = new RateGrid(tracked, SLOW_RETENTION, options.rng);
    this.#fast = new RateGrid(tracked, FAST_RETENTION, options.rng);
    this.#price = new StalePrice(this.#policy.kind === 'staleness-budget' ? this.#policy.budgetRatio : 1);
  }

  /** Counts reads answered from the cache. Batches are fine; reads of a key should arrive before its next fetch. */
  onHits(key: string, count: Count): void {
    const slot = this.#keys.slotOf(key);
    if (slot !== UNTRACKED) this.#keys.touch(slot, count);
  }

  /** Learns from a fetch and returns how long the value may be served. About 10 µs. */
  onFetched(fetched: Fetched): Millis {
    const prior = this.#priors.of(this.#templateOf(fetched.key));
    let slot = this.#keys.slotOf(fetched.key);
    if (slot === UNTRACKED) {
      slot = this.#keys.admit(fetched.key);
      if (slot === UNTRACKED) return this.#spreadOut(this.#ttlOfUntracked(fetched.key, prior));
      this.#begin(slot, fetched.key, prior);
    }
    const intervalMs = fetched.atMs - this.#keys.filledAtMs[slot]!;
    const seen = observationOf(this.#keys.stamp[slot]!, fetched, intervalMs);
    this.#keys.stamp[slot] = stampOf(fetched.validator);
    this.#learnFrom(slot, seen, fetched.atMs, fetched.cause ?? 'read', prior);
    return this.#give(slot, fetched.atMs, prior);
  }

  /**
   * Learns that another pod found the value unchanged now, and returns how much longer it may be served; 0 for a
   * key that is not tracked.
   */
  onValidated(key: string, atMs: Millis): Millis {
    const slot = this.#keys.slotOf(key);
    if (slot === UNTRACKED || Number.isNaN(this.#keys.stamp[slot]!)) return 0;
    const prior = this.#priors.of(this.#templateOf(key));
    this.#learnFrom(
      slot,
      { kind: 'unchanged', intervalMs: atMs - this.#keys.filledAtMs[slot]! },
      atMs,
      'ahead',
      prior,
    );
    return this.#give(slot, atMs, prior);
  }

  /** What is known about a key, or nothing when it is not tracked. */
  inspect(key: string): KeyFreshness | undefined {
    const slot = this.#keys.slotOf(key);
    if (slot === UNTRACKED) return undefined;
    this.#slow.probabilities(slot, this.#probabilities);
    return {
      meanChangeIntervalMs: 1 / typicalRatePerMs(this.#probabilities),
      readsPerSecond: this.#keys.readsPerMs(slot) * 1000,
      ttlMs: this.#keys.ttlMs[slot]!,
      observations: this.#keys.observations[slot]!,
    };
  }

  /** The share of all reads believed to be stale; NaN before the first refetch. Only with `staleness-budget`. */
  get staleRatio(): Ratio {
    return this.#price.foundRatio;
  }

  #begin(slot: number, key: string, prior: TemplatePrior): void {
    this.#slow.reset(slot, prior.logPrior);
    this.#fast.reset(slot, prior.logPrior);
    if (prior.taught < KNOWN_KIND) this.#keys.guardMs[slot] = this.#firstTtlMs(key);
  }

  /** What the team says, if it is a time: a table may not have the key. */
  #firstTtlMs(key: string): Millis {
    const ttlMs = this.#initialTtlMs(key);
    return ttlMs >= 0 ? ttlMs : INITIAL_TTL_MS;
  }

  /** Begins a new life of the key's value. */
  #give(slot: number, atMs: Millis, prior: TemplatePrior): Millis {
    const ttlMs = this.#spreadOut(this.#ttlOfSlot(slot, prior));
    this.#keys.ttlMs[slot] = ttlMs;
    this.#keys.filledAtMs[slot] = atMs;
    this.#keys.hits[slot] = 0;
    return ttlMs;
  }

  #learnFrom(
    slot: number,
    seen: Observation | undefined,
    atMs: Millis,
    cause: NonNullable<Fetched['cause']>,
    prior: TemplatePrior,
  ): void {
    const keys = this.#keys;
    const intervalMs = atMs - keys.filledAtMs[slot]!;
    if (intervalMs > 0) this.#countReads(slot, intervalMs, cause === 'ahead' ? 0 : 1, prior);
    if (seen === undefined) return;
    this.#slow.probabilities(slot, this.#probabilities);
    const changed = seen.kind !== 'unchanged';
    if (intervalMs > 0) {
      // A change that others noticed comes early in a TTL by nature: no reason to distrust the belief.
      if (!changed) this.#guard.onUnchanged(slot, intervalMs);
      else if (cause !== 'notice') this.#guard.onChanged(slot, changedBy(this.#probabilities, intervalMs));
      this.#account(slot, seen, intervalMs, atMs);
    }
    if (seen.kind === 'dated') this.#guard.allow(slot, seen.ageMs);
    logLikelihood(seen, this.#likelihood);
    const fast = this.#fast.observe(slot, this.#likelihood, prior.logPrior);
    const slow = this.#slow.observe(slot, this.#likelihood, prior.logPrior);
    const moved = Math.max(0, keys.movedNats[slot]! * MOVED_KEPT + fast - slow);
    keys.movedNats[slot] = moved > MOVED_NATS ? 0 : moved;
    if (moved > MOVED_NATS) this.#slow.copyFrom(this.#fast, slot);
    const observations = Math.min(255, keys.observations[slot]! + 1);
    keys.observations[slot] = observations;
    if (observations % 8 === 0) {
      this.#slow.probabilities(slot, this.#probabilities);
      this.#priors.learn(prior, this.#probabilities);
    }
  }

  #countReads(slot: number, intervalMs: Millis, thisOne: Count, prior: TemplatePrior): void {
    const keys = this.#keys;
    keys.reads[slot] = keys.reads[slot]! * READS_KEPT + keys.hits[slot]! + thisOne;
    keys.readsOverMs[slot] = keys.readsOverMs[slot]! * READS_KEPT + intervalMs;
    if (keys.reads[slot]! > 0) this.#priors.learnReads(prior, keys.readsPerMs(slot));
  }

  /** Estimates how many of the reads since the last fetch were stale, by the belief held before this fetch. */
  #account(slot: number, seen: Observation, intervalMs: Millis, nowMs: Millis): void {
    if (this.#policy.kind !== 'staleness-budget') return;
    const hits = this.#keys.hits[slot]!;
    const livedMs = Math.min(this.#keys.ttlMs[slot]!, intervalMs);
    // A life of no length has no stale part, and dividing by it would make the price NaN for good.
    if (!(livedMs > 0)) return;
    let staleMs = 0;
    if (seen.kind === 'dated') {
      // The last change is known, the first is not: it may have come earlier.
      const firstByMs = Math.min(livedMs, intervalMs - seen.ageMs);
      staleMs = livedMs - firstByMs + expectedStaleMs(this.#probabilities, firstByMs);
    } else if (seen.kind !== 'unchanged') {
      staleMs = expectedStaleMs(this.#probabilities, livedMs) / changedBy(this.#probabilities, intervalMs);
    }
    this.#price.account((hits * staleMs) / livedMs, hits + 1, nowMs);
  }

  #ttlOfSlot(slot: number, prior: TemplatePrior): Millis {
    // Nothing is known yet, neither of the key nor of its kind: the guard still is the initial TTL.
    if (prior.taught < KNOWN_KIND && this.#keys.observations[slot] === 0) return this.#keys.guardMs[slot]!;
    this.#slow.probabilities(slot, this.#probabilities);
    const own = this.#keys.readsPerMs(slot);
    const ttlMs = this.#ttlOf(Number.isNaN(own) ? Math.exp(prior.logReadsPerMs) : own);
    return Math.min(ttlMs, this.#keys.guardMs[slot]!);
  }

  #ttlOfUntracked(key: string, prior: TemplatePrior): Millis {
    if (prior.taught < KNOWN_KIND) return this.#firstTtlMs(key);
    for (let i = 0; i < RATES; i++) this.#probabilities[i] = Math.exp(prior.logPrior[i]!);
    return this.#ttlOf(Math.exp(prior.logReadsPerMs));
  }

  #ttlOf(readsPerMs: number): Millis {
    return ttlByPolicy(this.#policy, this.#probabilities, readsPerMs, this.#price.price, this.#maxAgeMs);
  }

  #spreadOut(ttlMs: Millis): Millis {
    const spread = ttlMs * (1 + this.#spread * (2 * this.#rng() - 1));
    return Math.min(this.#maxAgeMs, Math.max(this.#minTtlMs, spread));
  }
}
