import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AdaptivePolicy } from './adaptive.ts';
import { spread } from './test-hash.ts';

/** A cache around the policy that knows what it holds, bounded by the sum of sizes. */
class Bounded {
  readonly policy = new AdaptivePolicy();
  readonly slotOf = new Map<number, number>();
  readonly #keyOf: (number | undefined)[] = [];
  readonly #sizeOf: (key: number) => number;
  readonly #room: number;
  readonly #free: number[] = [];
  #used = 0;

  constructor(room: number, slots: number, sizeOf: (key: number) => number = () => 1) {
    this.#room = room;
    this.#sizeOf = sizeOf;
    this.policy.grow(slots);
    for (let slot = slots - 1; slot >= 0; slot--) this.#free.push(slot);
  }

  /** Doubles the slots, as a store's tables grow. */
  growWhenFull(): void {
    if (this.#free.length > 0) return;
    const slots = this.slotOf.size;
    this.policy.grow(2 * slots);
    for (let slot = 2 * slots - 1; slot >= slots; slot--) this.#free.push(slot);
  }

  read(key: number): boolean {
    const slot = this.slotOf.get(key);
    if (slot !== undefined) {
      this.policy.onHit(slot);
      return true;
    }
    this.policy.onMiss(spread(key));
    this.store(key);
    return false;
  }

  store(key: number): void {
    if (this.slotOf.has(key)) return;
    const size = this.#sizeOf(key);
    while (this.#used + size > this.#room || this.#free.length === 0) this.#release(this.policy.evict());
    const slot = this.#free.pop() as number;
    this.#keyOf[slot] = key;
    this.slotOf.set(key, slot);
    this.#used += size;
    this.policy.onInsert(slot, spread(key), size, 1);
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
    this.#free.push(slot);
    this.#used -= this.#sizeOf(key as number);
  }
}

function hitRatio(cache: Bounded, reads: number, keyAt: (read: number) => number): number {
  let hits = 0;
  for (let read = 0; read < reads; read++) if (cache.read(keyAt(read))) hits++;
  return hits / reads;
}

/** Few keys take most reads. */
function skewed(keys: number, seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(keys * (state / 2 ** 32) ** 4);
  };
}

for (const { title, sizeOf } of [
  { title: 'of one size', sizeOf: () => 1 },
  { title: 'of many sizes', sizeOf: (key: number) => 2 ** (key % 6) },
]) {
  test(`entries ${title}: gives up only slots that are held, and each once, whatever the operations`, () => {
    const operation = fc.tuple(fc.constantFrom('read', 'store', 'remove'), fc.integer({ min: 0, max: 90 }));
    fc.assert(
      fc.property(
        fc.integer({ min: 32, max: 64 }),
        fc.array(operation, { maxLength: 500 }),
        (room, operations) => {
          const cache = new Bounded(room, 48, sizeOf);
          for (const [what, key] of operations) cache[what as 'read' | 'store' | 'remove'](key);
          const held = [...cache.slotOf.values()];
          const given = held.map(() => cache.policy.evict());
          assert.deepEqual(given.sort(), held.sort());
        },
      ),
      { seed: 1, numRuns: 150 },
    );
  });
}

test('keeps nearly half of a loop twice the size of the cache, where recency keeps nothing', () => {
  assert.ok(hitRatio(new Bounded(500, 500), 100_000, (read) => read % 1000) > 0.44);
});

test('keeps its part of a loop from the second round on when nothing was read twice while it filled', () => {
  const cache = new Bounded(500, 500);
  hitRatio(cache, 1000, (read) => read);
  const second = hitRatio(cache, 1000, (read) => read);
  assert.ok(second > 0.35, `${second}`);
});

test('a loop hardly larger than the cache is kept whichever of its keys the sample takes', () => {
  for (let part = 1; part <= 12; part++) {
    const cache = new Bounded(5000, 5000);
    hitRatio(cache, 30_000, (read) => read >> 1);
    const keyAt = (read: number): number => part * 1_000_000 + (read % 5100);
    hitRatio(cache, 20 * 5100, keyAt);
    const hits = hitRatio(cache, 5100, keyAt);
    assert.ok(hits > 0.5, `part ${part}: ${hits}`);
  }
});

test('a cache with no room for a trial is an LRU, however its reads began', () => {
  const cache = new Bounded(300, 300);
  cache.policy.setBudget(50_000);
  hitRatio(cache, 3000, (read) => read);
  const recent = hitRatio(cache, 3000, (read) => 10_000 + Math.floor(read / 4) - (read % 2) * 20);
  assert.ok(recent > 0.7, `${recent}`);
});

test('follows a change from a loop to reads of what is recent, and back', () => {
  const cache = new Bounded(300, 300);
  hitRatio(cache, 30_000, (read) => read % 600);
  const recent = hitRatio(cache, 30_000, (read) => 1000 + Math.floor(read / 4) - (read % 2) * 20);
  const loop = hitRatio(cache, 60_000, (read) => read % 600);
  assert.ok(recent > 0.7, `recent keys ${recent}`);
  assert.ok(loop > 0.3, `loop ${loop}`);
});

test('a scan of keys read once takes next to nothing from the regulars', () => {
  const next = skewed(5000, 3);
  const cache = new Bounded(500, 500);
  hitRatio(cache, 50_000, next);
  const before = hitRatio(cache, 20_000, next);
  hitRatio(cache, 5000, (read) => 1_000_000 + read);
  const after = hitRatio(cache, 2000, next);
  assert.ok(after > before - 0.06, `${before} before the scan, ${after} after`);
});

test('what showed in small while the cache filled counts from the first eviction on', () => {
  const regulars = 300;
  const cache = new Bounded(4096, 64);
  let fresh = regulars;
  // Regulars come round after 600 reads: a cache of an eighth keeps them only if it does not give in to what is new.
  for (let read = 0; cache.slotOf.size < 4096; read++) {
    cache.growWhenFull();
    cache.read(read % 2 === 0 ? (read / 2) % regulars : fresh++);
  }
  hitRatio(cache, 3 * 4096, () => fresh++);
  assert.ok(hitRatio(cache, regulars, (read) => read) > 0.9);
});

test('the same reads lead to the same evictions', () => {
  const run = (): number =>
    hitRatio(new Bounded(3000, 200, (key) => 1 + (key % 40)), 30_000, skewed(2000, 5));
  assert.equal(run(), run());
});

test('with sizes far apart it hits more often than with sizes hidden from it', () => {
  const sizeOf = (key: number): number => (spread(key) % 8 === 0 ? 256 : 4);
  const known = new Bounded(8000, 4000, sizeOf);
  const hidden = new Bounded(8000, 4000, sizeOf);
  const { policy } = hidden;
  const onInsert = policy.onInsert.bind(policy);
  policy.onInsert = (slot, hash) => onInsert(slot, hash, 1, 1);
  const [withSizes, without] = [known, hidden].map((cache) => hitRatio(cache, 100_000, skewed(20_000, 9)));
  assert.ok((withSizes as number) > (without as number) + 0.03, `${withSizes} against ${without}`);
});

test('tables take at most 40 bytes a slot beside the shadows, which do not grow with the cache', () => {
  const bytesOf = (entries: number): number => {
    const cache = new Bounded(entries, entries);
    hitRatio(cache, 3 * entries, (read) => read);
    return cache.policy.tableBytes;
  };
  const shadowBytes = 2 * 1024 * 1024;
  assert.ok(bytesOf(200_000) < 40 * 200_000 + shadowBytes, `${bytesOf(200_000)} bytes`);
});
