import type { AccessListener } from '../access.ts';
import type { GateStats, PrefetchTarget } from './prefetch-gate.ts';
import { Prewarmer, type PrewarmerOptions } from './prewarmer.ts';

/** The part of a cache that a predictor needs; `L1Cache` has it. */
export interface PredictableCache extends PrefetchTarget {
  onAccesses(listener: AccessListener): Disposable;
}

export type PredictorOptions = Partial<PrewarmerOptions>;

/**
 * Loads what is about to be read, from what it learns of the accesses of one cache. Off the hit path: it hears of
 * accesses in batches. Loads only keys whose definition says `prefetchable`. Stops when disposed.
 */
export class Predictor implements Disposable {
  readonly #prewarmer: Prewarmer;
  readonly #listening: Disposable;

  constructor(cache: PredictableCache, options: PredictorOptions = {}) {
    const rng = options.rng ?? Math.random;
    this.#prewarmer = new Prewarmer(cache, {
      ...options,
      rng,
      salt: options.salt ?? Math.floor(rng() * 2 ** 32),
    });
    this.#listening = cache.onAccesses((batch) => this.#prewarmer.learn(batch));
  }

  stats(): GateStats {
    return this.#prewarmer.stats();
  }

  [Symbol.dispose](): void {
    this.#listening[Symbol.dispose]();
  }
}
