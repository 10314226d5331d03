import type { Count, Millis } from '../units.ts';

/** What the fleet asks of the cache of its own pod. `attachFleet` makes one of an `L1Cache`. */
export interface Pod {
  /** Whether a fresh value is held. */
  holds(key: string): boolean;
  /** Loads a key that others read. Returns whether that started a load. */
  prefetch(key: string): boolean;
  /** Another pod saw the value change: do not serve it again without fetching it. */
  forget(key: string): void;
  /** Another pod fetched the value just now and it is the one held: it may live on as if fetched now. */
  extend(key: string): void;
  /** The keys held, the most read first, at most so many. */
  workingSet(max: Count): string[];
  /** How long an entry that is not read stays: capacity over insert rate. */
  evictionAgeMs(): Millis;
  readsPerSecond(): number;
}

/** What the parts of a fleet share. */
export interface FleetContext {
  readonly self: string;
  readonly pod: Pod;
  now(): Millis;
  rng(): number;
}
