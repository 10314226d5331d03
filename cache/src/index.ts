/**
 * l1-cache: a cache inside the process with a fixed memory budget.
 *
 * new L1Cache({ budgetBytes, ttlMs?, maxAgeMs?, clock?, seed?, ttl?, policy? })
 * get · peek · has                     synchronous reads; `get` counts, the others leave no trace
 * getOrLoad(key, load, options?)       read-through, one load per key at a time
 * define(prefix, …) · read · prefetch  loaders by key prefix
 * set · delete · invalidateTag · clear writes; a load in flight never overwrites them
 * setBudget · size · chargedBytes · payloadBytes · budgetBytes · stats
 * onAccesses(listener)                 every access in batches, off the hit path, for what learns from them
 */
export type * from './access.ts';
export { type CacheStats, L1Cache } from './cache.ts';
export * from './clock.ts';
export * from './errors.ts';
export * from './options.ts';
export type * from './store/eviction/policy.ts';
export type * from './units.ts';
