import type { FillAccess, TtlPolicy } from '../access.ts';
import type { L1Cache } from '../cache.ts';
import { type Clock, systemClock } from '../clock.ts';
import { Latest } from '../latest.ts';
import type { Millis } from '../units.ts';
import type { LearnedFreshness } from './learned-freshness.ts';
import type { Fetched } from './observation.ts';
import { type Validator, validatorOf } from './validator.ts';

/** Notices kept until the fetch they cause; older ones only cost the learner a little precision. */
const MAX_NOTICES = 4096;

export interface FreshnessAttachment<V> {
  /** Give this to the cache as its `ttl` option. */
  readonly ttl: TtlPolicy<V>;
  /** Lets the learner count the cache's reads. Dispose to stop. */
  listen(cache: L1Cache<V>): Disposable;
  /** Someone said that the key changed: the next fetch was caused by the change, not by the end of a TTL. */
  expectChange(key: string): void;
}

export interface FreshnessAttachmentOptions<V> {
  /** What tells one state of a value from the next. Default: `validatorOf`, with the version the load gave. */
  readonly validatorOf?: (value: V, unixMs: Millis) => Validator;
  /** The cache's own clock. Default: the machine's monotonic clock. */
  readonly clock?: Clock;
  /** Unix time, to read `lastModified` fields by. */
  readonly unixClock?: Clock;
}

/** Ties a learner to a cache: TTLs at each fill, reads in batches. */
export function attachFreshness<V>(
  learner: LearnedFreshness,
  options: FreshnessAttachmentOptions<V> = {},
): FreshnessAttachment<V> {
  const clock = options.clock ?? systemClock;
  const unixClock = options.unixClock ?? { now: Date.now };
  const readValidator = options.validatorOf ?? validatorOf;
  const noticed = new Latest<string, true>(MAX_NOTICES);
  let hasWarned = false;

  /** Of a value that cannot be read nothing is learned; whoever asked for it gets it all the same. */
  const validatorFor = ({ value }: FillAccess<V>): Validator => {
    try {
      return { ...readValidator(value, unixClock.now()) };
    } catch (error) {
      if (!hasWarned)
        process.emitWarning(`Nothing is learned of a value: its validator threw ${String(error)}`, {
          code: 'L1_VALIDATOR_FAILED',
        });
      hasWarned = true;
      return {};
    }
  };

  const causeOf = (key: string, fill: FillAccess<V>): NonNullable<Fetched['cause']> => {
    if (noticed.delete(key)) return 'notice';
    return fill.origin === 'demand' ? 'read' : 'ahead';
  };
  return {
    ttl: (key, fill) => {
      const read = validatorFor(fill);
      const validator = fill.version === undefined ? read : { ...read, version: fill.version };
      return learner.onFetched({ key, atMs: clock.now(), validator, cause: causeOf(key, fill) });
    },
    listen: (cache) =>
      cache.onAccesses((batch) => {
        for (let row = 0; row < batch.length; row++) {
          const outcome = batch.outcomeAt(row);
          if (outcome === 'hit' || outcome === 'stale') learner.onHits(batch.keyAt(row), 1);
        }
      }),
    expectChange: (key) => noticed.set(key, true),
  };
}
