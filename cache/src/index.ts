/**
 * l1-cache: a cache inside the process with a fixed memory budget.
 *
 * new L1Cache({ budgetBytes, … })         see L1CacheOptions
 * get · getMany · peek · has              synchronous reads; the last two leave no trace
 * scan · hottest                          the keys held, a part at a time or those read most
 * getOrLoad · getOrLoadMany               read-through, one load a key at a time
 * define(prefix, …) · read · prefetch     loaders by key prefix
 * set · delete · invalidateTag · clear    writes; a load under way never overwrites them
 * setBudget · size · chargedBytes · payloadBytes · budgetBytes · loadsInFlight · stats
 * onAccesses(listener)                    every access in batches, off the hit path, for what learns from them
 * snapshot · restore · lesson · learn     a warm start
 * namespace(cache, prefix)                a part of a cache with keys of its own
 */
export type * from './access.ts';
export { L1Cache } from './cache.ts';
export * from './clock.ts';
export * from './errors.ts';
export { CgroupMemory, type ContainerMemory } from './memory/container-memory.ts';
export { type Namespace, namespace } from './namespace.ts';
export * from './options.ts';
export type { RestoreOutcome, RestoreReport, SnapshotContents } from './snapshot/snapshot.ts';
export type { Codec } from './store/block-values.ts';
export type * from './store/eviction/policy.ts';
export type { CacheStats, RemovalReason } from './store/stats.ts';
export type { Freezing } from './store/values.ts';
export type { LoadMessage, RemovalMessage } from './telemetry/channels.ts';
export type * from './units.ts';
