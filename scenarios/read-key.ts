import type { ReadKey } from './read-path.ts';
import type { DomainName } from './topology/topology.ts';

/** A read as a cache key: `price.31:4711`. */
export function cacheKey(domain: DomainName, owner: number, id: number): string {
  return `${domain}.${owner}:${id}`;
}

/** The read that a key of `cacheKey` stands for; the key must be one. */
export function parseCacheKey(key: string): ReadKey {
  const dot = key.indexOf('.');
  const colon = key.indexOf(':', dot);
  return {
    domain: key.slice(0, dot) as DomainName,
    owner: Number(key.slice(dot + 1, colon)),
    id: Number(key.slice(colon + 1)),
  };
}
