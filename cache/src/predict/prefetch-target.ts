import type { PrefetchOutcome } from '../options.ts';
import type { Count } from '../units.ts';

/** The part of a cache that a gate needs. */
export interface PrefetchTarget {
  has(key: string): boolean;
  /** `frequency`: how often the key is believed to be read; by default it must prove itself like any new key. */
  prefetch(key: string, options?: { readonly frequency?: Count }): PrefetchOutcome;
}
