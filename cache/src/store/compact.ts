import type { Count } from '../units.ts';
import { type Entries, Flag } from './entries.ts';
import type { EvictionPolicy } from './eviction/policy.ts';
import type { KeyDigest } from './key-digest.ts';
import type { Tags } from './tags.ts';

/** A known frequency is played to a policy as so many reads at most: policies tell no more apart. */
export const MOST_HINTED_READS: Count = 15;

/**
 * Moves entries into the lowest slots and cuts the columns behind them. The policy hears of a moved entry as of one
 * that left and came back with its frequency; hits still waiting in the log must have been shown before.
 */
export function compact<V>(entries: Entries<V>, policy: EvictionPolicy, tags: Tags, digest: KeyDigest): void {
  const { size, used } = entries;
  let to = 0;
  for (let from = size; from < used; from++) {
    if (!entries.isHeld(from)) continue;
    to = entries.freeSlotFrom(to);
    const reads = policy.reads?.(from) ?? 0;
    policy.onRemove(from);
    if ((entries.flags(from) & Flag.tagged) !== 0) tags.move(from, to);
    entries.move(from, to);
    digest.take(entries.keys[to]!);
    policy.onInsert(to, digest.hash, entries.payload.at(to), 0);
    for (let read = Math.min(MOST_HINTED_READS, reads); read > 0; read--) policy.onHit(to);
  }
  entries.shrink(size);
}
