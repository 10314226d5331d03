import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AdaptivePolicy } from './adaptive.ts';

/** A cache by count around the policy, which knows what it holds. */
class Counted {
  readonly policy = new AdaptivePolicy();
  readonly slotOf = new Map<number, number>();
  readonly #keyOf: (number | undefined)[] = [];
  readonly #entries: number;

  constructor(entries: number) {
    this.#entries = entries;
    this.policy.grow(entries);
  }

  read(key: number): boolean {
    const slot = this.slotOf.get(key);
    if (slot !== undefined) {
      this.policy.onHit(slot);
      return true;
    }
    this.policy.onMiss(hash(key));
    this.store(key);
    return false;
  }

  store(key: number): void {
    if (this.slotOf.has(key)) return;
    if (this.slotOf.size === this.#entries) this.#release(this.policy.evict());
    let slot = 0;
    while (this.#keyOf[slot] !== undefined) slot++;
    this.#keyOf[slot] = key;
    this.slotOf.set(key, slot);
    this.policy.onInsert(slot, hash(key), 1, 1);
  }

  remove(key: number): void {
    const slot = this.slotOf.get(key);
    if (slot === undefined) return;
    this.policy.onRemove(slot);
    this.#release(slot);
  }

  #release(slot: number): void {
    const key = this.#keyOf[slot];
    assert.notEqual(key, undefined, `slot ${slot} was given up though it was not held`);
    this.slotOf.delete(key as number);
    this.#keyOf[slot] = undefined;
  }
}

function hash(key: number): number {
  let h = Math.imul(key + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return (h ^ (h >>> 13)) >>> 0;
}

test('gives up only slots that are held, and each once, whatever the operations', () => {
  const operation = fc.tuple(fc.constantFrom('read', 'store', 'remove'), fc.integer({ min: 0, max: 60 }));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.array(operation, { maxLength: 400 }),
      (entries, operations) => {
        const cache = new Counted(entries);
        for (const [what, key] of operations) cache[what as 'read' | 'store' | 'remove'](key);
        const held = [...cache.slotOf.values()];
        const given = new Set(held.map(() => cache.policy.evict()));
        assert.deepEqual([...given].sort(), [...new Set(held)].sort());
      },
    ),
    { seed: 1, numRuns: 200 },
  );
});

test('keeps half of a loop twice the size of the cache, where recency keeps nothing', () => {
  const cache = new Counted(500);
  let hits = 0;
  for (let read = 0; read < 200_000; read++) if (cache.read(read % 1000)) hits++;
  assert.ok(hits / 200_000 > 0.44, `hit ratio ${hits / 200_000}`);
});
