import type { Count, Millis } from 'l1-cache';
import type { ChainedMissCounts } from './protocol.ts';

/** Loads remembered until the read that they were for is recorded. */
const MAX_LOADS: Count = 4096;
/** What a value leads to when its request reads nothing that it names. */
const NOTHING = '';

/**
 * Chained reads (an earlier value of the request named their key) that were not there when asked for, and which of
 * them no predictor could have had ready: those of a kind that the pod had never met, so that nothing it knew named
 * such a key; those whose value names a key of one owner in some requests, and of another or none in others; and those
 * asked for sooner than their own load took. A read that joined a load already begun was foreseen, whatever its kind: it is
 * never put down to the first two.
 */
export class ChainedMisses {
  readonly #loadMs = new Map<string, Millis>();
  /** For each kind of value, the kinds of keys that reads of it have led to. */
  readonly #met = new Map<string, Set<string>>();

  /** A load of the key has ended, for a read or ahead of one. */
  loaded(key: string, tookMs: Millis): void {
    this.#loadMs.delete(key);
    this.#loadMs.set(key, tookMs);
    if (this.#loadMs.size > MAX_LOADS) this.#loadMs.delete(this.#loadMs.keys().next().value!);
  }

  /** The request read a value of this domain and owner, and nothing that it names. */
  ledNowhere(from: string): void {
    this.#leadsTo(from).add(NOTHING);
  }

  /** Counts one chained read. `from`, `to`: domain and owner of value and key; `pauseMs`: from that value to this read. */
  count(
    into: { -readonly [K in keyof ChainedMissCounts]: Count },
    read: {
      readonly from: string;
      readonly to: string;
      readonly key: string;
      readonly pauseMs: Millis;
      /** What the read itself took. */
      readonly tookMs: Millis;
      readonly missed: boolean;
    },
  ): void {
    const named = this.#leadsTo(read.from);
    const isFirst = !named.has(read.to);
    named.add(read.to);
    if (!read.missed) return;
    into.all += 1;
    const loadMs = this.#loadMs.get(read.key) ?? 0;
    const joined = read.tookMs < loadMs;
    if (isFirst && !joined) into.firstOfKind += 1;
    else if (named.size > 1 && !joined) into.ambiguous += 1;
    else if (read.pauseMs < loadMs) into.shortPause += 1;
  }

  #leadsTo(from: string): Set<string> {
    const named = this.#met.get(from) ?? new Set();
    this.#met.set(from, named);
    return named;
  }
}
