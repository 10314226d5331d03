import type { Count } from '../units.ts';
import type { Store } from './store.ts';

/** All slots that are held, those read most lately first, as far as the policy counts; ties as they came. */
export function* hottestSlots<V>(store: Store<V>): Generator<number> {
  const byReads = Map.groupBy(store.entries.slotOf.values(), (slot) => store.reads(slot));
  for (const reads of [...byReads.keys()].sort((a, b) => b - a)) yield* byReads.get(reads)!;
}

/**
 * The keys held and fresh, those read most lately first, at most so many. All entries are looked at in one go: 1 ms at
 * 20,000, 0.25 s at a million, on a loaded machine.
 */
export function hottest<V>(store: Store<V>, max: Count): string[] {
  const nowMs = store.nowMs();
  const found: string[] = [];
  for (const slot of hottestSlots(store)) {
    if (found.length >= max) break;
    if (store.lifetimes.freshUntil(slot) > nowMs) found.push(store.entries.keys[slot]!);
  }
  return found;
}
