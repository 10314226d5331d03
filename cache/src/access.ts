import type { Bytes, Count, Millis } from './units.ts';

/** Why an entry was filled: asked for, guessed to be asked for soon, or renewed before it expired. */
export type FillOrigin = 'demand' | 'prefetch' | 'refresh' | 'restore';

/** One access as the learners see it, after the fact. */
export interface AccessRecord {
  readonly key: string;
  /** `hit` fresh, `stale` served past its life, `miss` nothing to serve, `fill` a value was stored. */
  readonly outcome: 'hit' | 'stale' | 'miss' | 'fill';
  /** The value served or stored; undefined on a miss. */
  readonly value: unknown;
  /** When, by the cache's clock; for hits the time of the batch, at most about 1 ms late. */
  readonly atMs: Millis;
  /** On a fill: why. */
  readonly origin?: FillOrigin;
  /** On a fill: the origin's version, when it gave one. */
  readonly version?: number | undefined;
  /** On a fill over an older value: whether the version, or else the value itself (`Object.is`), is the same. */
  readonly sameValue?: boolean;
  /** On a fill over an older value: how old that one was. */
  readonly previousAgeMs?: Millis;
  /** On the first hit of an entry that prefetching brought. */
  readonly firstUseOfPrefetch?: boolean;
}

/**
 * Accesses in the order in which they happened. It is the cache's again when the listener returns: keep records, never
 * the batch. Ask for single columns where they are enough, as a record is an object made when it is asked for, and
 * where values are kept as bytes, asking for one decodes it.
 */
export interface AccessBatch extends Iterable<AccessRecord> {
  readonly length: Count;
  outcomeAt(row: number): AccessRecord['outcome'];
  keyAt(row: number): string;
  valueAt(row: number): unknown;
  atMsAt(row: number): Millis;
  isFirstUseOfPrefetchAt(row: number): boolean;
  /** The whole record, undefined outside the batch. */
  at(row: number): AccessRecord | undefined;
}

/** Receives accesses in order, in batches, off the hit path. */
export type AccessListener = (batch: AccessBatch) => void;

/** What is known of a value when its life is decided. */
export interface FillAccess<V = unknown> {
  readonly value: V;
  readonly origin: FillOrigin;
  readonly sizeBytes: Bytes;
  /** What loading took; 0 when the value was set without a load. */
  readonly loadCostMs: Millis;
  readonly version: number | undefined;
  /** The value replaced, if the key was held. */
  readonly previous:
    | { readonly value: V; readonly version: number | undefined; readonly ageMs: Millis }
    | undefined;
}

/** Decides how long a value may be served fresh. */
export type TtlPolicy<V = unknown> = (key: string, access: FillAccess<V>) => Millis;
