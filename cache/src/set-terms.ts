import type { Defined } from './loading/definitions.ts';
import type { L1CacheOptions } from './options.ts';
import type { Terms } from './store/fill.ts';
import type { Millis } from './units.ts';

/** The terms of values that are set, not loaded: the cache's own, or those of the definition that fits the key. */
export class SetTerms<V> {
  readonly #options: Pick<L1CacheOptions<V>, 'ttl' | 'ttlMs' | 'maxAgeMs'>;
  readonly #plain: Terms<V>;
  readonly #ofDefinition = new WeakMap<Defined<V>, Terms<V>>();

  constructor(options: Pick<L1CacheOptions<V>, 'ttl' | 'ttlMs' | 'maxAgeMs'>) {
    this.#options = options;
    this.#plain = this.#make(undefined);
  }

  /** @param saidMs What the caller of `set` says goes before everything else. */
  of(defined: Defined<V> | undefined, saidMs: Millis | undefined): Terms<V> {
    const terms = defined === undefined ? this.#plain : this.#termsOf(defined);
    return saidMs === undefined ? terms : { ...terms, life: saidMs };
  }

  #termsOf(defined: Defined<V>): Terms<V> {
    const known = this.#ofDefinition.get(defined) ?? this.#make(defined);
    this.#ofDefinition.set(defined, known);
    return known;
  }

  #make(defined: Defined<V> | undefined): Terms<V> {
    const { ttl, ttlMs, maxAgeMs } = this.#options;
    return {
      life: ttl ?? defined?.ttlMs ?? ttlMs ?? Number.POSITIVE_INFINITY,
      refreshable: defined !== undefined,
      maxAgeMs: defined?.maxAgeMs ?? maxAgeMs ?? Number.POSITIVE_INFINITY,
    };
  }
}
