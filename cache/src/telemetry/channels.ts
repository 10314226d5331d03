import { channel, tracingChannel } from 'node:diagnostics_channel';
import type { FillOrigin } from '../access.ts';
import type { RemovalReason } from '../store/stats.ts';

/** Published for every entry that leaves, in the order in which they left, as a microtask. */
export interface RemovalMessage {
  readonly key: string;
  readonly reason: RemovalReason;
}

/** Passed to every event of `tracing:l1-cache:load:*`. */
export interface LoadMessage {
  readonly key: string;
  readonly origin: FillOrigin;
}

const removals = channel('l1-cache:removal');
const loads = tracingChannel<unknown, LoadMessage>('l1-cache:load');

/**
 * Costs one comparison while nobody subscribes. Published when the running code is done: an entry leaves in the middle
 * of things, and a subscriber may well use the cache.
 */
export function publishRemoval(key: string, reason: RemovalReason): void {
  if (removals.hasSubscribers) {
    queueMicrotask(() => removals.publish({ key, reason } satisfies RemovalMessage));
  }
}

/** Runs a load between the start and end events of a span. */
export function traceLoad<V>(key: string, origin: FillOrigin, load: () => Promise<V>): Promise<V> {
  return loads.hasSubscribers ? loads.tracePromise(load, { key, origin }) : load();
}
