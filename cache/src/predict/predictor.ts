import type { AccessListener } from '../access.ts';
import { checkBound, checkCount, checkRatio } from '../check-options.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Ratio } from '../units.ts';
import { LoopStalls } from './loop-stalls.ts';
import type { PrefetchTarget } from './prefetch-target.ts';
import { Prewarmer, type PrewarmerOptions, type PrewarmerStats, type RuleReport } from './prewarmer.ts';
import type { SharedRule } from './shared-rule.ts';

export type { SharedRule } from './shared-rule.ts';

/** The part of a cache that a predictor needs; `L1Cache` has it. */
export interface PredictableCache extends PrefetchTarget {
  onAccesses(listener: AccessListener): Disposable;
}

/** Share of one core that learning may take. */
const LEARNING_SHARE: Ratio = 0.02;

export interface PredictorOptions extends Partial<Omit<PrewarmerOptions, 'time' | 'slots' | 'stalls'>> {
  /** The clock of the cache. Default: the machine's monotonic clock, as the cache's own default. */
  readonly clock?: Clock;
  /** Milliseconds since 1970. Default: the machine's wall clock. */
  readonly wallClock?: Clock;
  /** Times learning itself. Default: the machine's monotonic clock. */
  readonly stopwatch?: Clock;
}

/**
 * Loads what is about to be read, from what it learns of the accesses of one cache. Off the hit path: it hears of
 * accesses in batches, and takes at most 2 % of a core and 200 µs of a batch for learning. Loads only keys whose
 * definition says `prefetchable`. Stops when disposed.
 */
export class Predictor implements Disposable {
  readonly #prewarmer: Prewarmer;
  readonly #clock: Clock;
  readonly #listening: Disposable;
  readonly #stalls: LoopStalls | undefined;

  /** @throws {CacheError} `L1_BAD_OPTION` when a number is out of range. */
  constructor(cache: PredictableCache, options: PredictorOptions = {}) {
    checkBounds(options);
    const { clock = systemClock, wallClock = { now: Date.now }, rng = Math.random } = options;
    this.#clock = clock;
    // Any other clock moves as it likes, and says nothing about this process.
    if (clock === systemClock) this.#stalls = new LoopStalls(clock);
    this.#prewarmer = new Prewarmer(cache, {
      ...options,
      rng,
      salt: options.salt ?? Math.floor(rng() * 2 ** 32),
      slots: { wallOffsetMs: wallClock.now() - clock.now() },
      time: { clock: options.stopwatch ?? systemClock, share: LEARNING_SHARE },
      stalls: this.#stalls,
    });
    this.#listening = cache.onAccesses((batch) => this.#prewarmer.learn(batch));
  }

  stats(): PrewarmerStats {
    return this.#prewarmer.stats();
  }

  /** Every rule that has made a guess. */
  rules(): RuleReport[] {
    return this.#prewarmer.rules();
  }

  /** Switches one rule off, or on again; false when there is none of that name. */
  setRule(name: string, state: 'on' | 'off'): boolean {
    return this.#prewarmer.setRule(name, state);
  }

  /** The value-flow rules that hold here by what was seen here, the most used first: what other pods may be told. */
  provenRules(): SharedRule[] {
    return this.#prewarmer.provenRules();
  }

  /**
   * Another pod says which rules it holds; its list takes the place of the one before. Two pods' word, or one pod's and
   * an example met here, lets a rule fetch until it has been tried here. Whatever a pod says, its word costs at most 32
   * useless prefetches, ever. `attachFleet` calls it.
   */
  hearRules(from: string, rules: readonly SharedRule[]): void {
    this.#prewarmer.hearRules(from, rules, this.#clock.now());
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
    this.#stalls?.rest();
  }
}

/** What is no number would pass every comparison that holds prefetches back. */
function checkBounds(options: PredictorOptions): void {
  const { wasteBurst, maxConcurrent } = options;
  for (const name of ['wastePerMiss', 'minConfidence', 'holdOutRatio'] as const)
    checkRatio(name, options[name], 'from 0');
  checkCount('wasteBurst', wasteBurst, 0);
  checkBound('maxConcurrent', maxConcurrent, 0);
}
