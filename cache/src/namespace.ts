import type { L1Cache } from './cache.ts';
import type { InvalidateOptions, Loader, LoadOptions, SetOptions, SetOutcome } from './options.ts';

/** A part of a cache: its keys are those of the cache that begin with the prefix. */
export interface Namespace<V> {
  get(key: string): V | undefined;
  getOrLoad(key: string, load: Loader<V>, options?: LoadOptions): Promise<V>;
  set(key: string, value: V, options?: SetOptions): SetOutcome;
  delete(key: string, options?: InvalidateOptions): boolean;
  /** Forgets what is in the namespace. Cost: all keys of the cache are looked at. */
  clear(): void;
}

/** A view of the cache in which every key has the prefix. Keys are joined at each call, about 20 ns. */
export function namespace<V>(cache: L1Cache<V>, prefix: string): Namespace<V> {
  return {
    get: (key) => cache.get(prefix + key),
    getOrLoad: (key, load, options) =>
      cache.getOrLoad(prefix + key, (_, context) => load(key, context), options),
    set: (key, value, options) => cache.set(prefix + key, value, options),
    delete: (key, options) => cache.delete(prefix + key, options),
    clear: () => cache.clear(prefix),
  };
}
