import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../random.ts';
import { TestClock } from '../test-clock.ts';
import type { Bytes, Count, Millis } from '../units.ts';

/** What a store must offer to be held to the contract; `L1Cache<string>` does. */
export interface ContractStore {
  get(key: string): string | undefined;
  set(
    key: string,
    value: string,
    options?: { readonly ttlMs?: Millis; readonly tags?: readonly string[]; readonly version?: number },
  ): unknown;
  delete(key: string): boolean;
  invalidateTag(tag: string): Count;
  clear(prefix?: string): void;
  setBudget(budgetBytes: Bytes): void;
  readonly size: Count;
  readonly chargedBytes: Bytes;
  readonly budgetBytes: Bytes;
}

/** Makes an empty store. */
export type OpenStore = (budgetBytes: Bytes, clock: TestClock) => ContractStore;

const ROOMY: Bytes = 1_000_000;
const KEYS = Array.from({ length: 30 }, (_, i) => `${i % 2 === 0 ? 'a' : 'b'}:${i}`);

const SEQUENCES: Count = 100;
const LONGEST_SEQUENCE: Count = 200;

interface Held {
  readonly value: string;
  readonly endsMs: Millis;
  readonly tag: string | undefined;
}

/** What every store must do, whatever its order of eviction. Call it from a test file. */
export function testStore(name: string, open: OpenStore): void {
  test(`${name}: gives back what was set last`, () => {
    const store = open(ROOMY, new TestClock());
    store.set('k', 'one');
    store.set('k', 'two');
    assert.equal(store.get('k'), 'two');
    assert.equal(store.get('other'), undefined);
    assert.equal(store.size, 1);
  });

  test(`${name}: an entry is served until its time to live is over, and not then`, () => {
    const clock = new TestClock();
    const store = open(ROOMY, clock);
    store.set('k', 'v', { ttlMs: 100 });
    clock.advance(99);
    assert.equal(store.get('k'), 'v');
    clock.advance(1);
    assert.equal(store.get('k'), undefined);
  });

  test(`${name}: deletes, and says whether there was anything`, () => {
    const store = open(ROOMY, new TestClock());
    store.set('k', 'v');
    assert.equal(store.delete('k'), true);
    assert.equal(store.delete('k'), false);
    assert.equal(store.get('k'), undefined);
  });

  test(`${name}: a tag takes the entries that carry it now, and no others`, () => {
    const store = open(ROOMY, new TestClock());
    store.set('a', '1', { tags: ['red'] });
    store.set('b', '2', { tags: ['red', 'blue'] });
    store.set('c', '3', { tags: ['red'] });
    store.set('c', '3', { tags: ['blue'] });
    assert.equal(store.invalidateTag('red'), 2);
    assert.deepEqual([store.get('a'), store.get('b'), store.get('c')], [undefined, undefined, '3']);
  });

  test(`${name}: an older version does not replace a newer one`, () => {
    const store = open(ROOMY, new TestClock());
    store.set('k', 'new', { version: 2 });
    store.set('k', 'old', { version: 1 });
    assert.equal(store.get('k'), 'new');
  });

  test(`${name}: clears a prefix, or everything`, () => {
    const store = open(ROOMY, new TestClock());
    for (const key of ['a:1', 'a:2', 'b:1']) store.set(key, key);
    store.clear('a:');
    assert.equal(store.size, 1);
    store.clear();
    assert.equal(store.size, 0);
  });

  test(`${name}: keeps everything while the budget is not spent`, () => {
    const store = open(ROOMY, new TestClock());
    for (let i = 0; i < 100; i++) store.set(`key:${i}`, 'x'.repeat(500));
    for (let i = 0; i < 100; i++) assert.equal(store.get(`key:${i}`), 'x'.repeat(500));
  });

  test(`${name}: many distinct keys stay within the budget and use most of it`, () => {
    const budgetBytes = 100_000;
    const store = open(budgetBytes, new TestClock());
    for (let i = 0; i < 5000; i++) {
      store.set(`key:${i}`, 'x'.repeat(200));
      assert.ok(store.chargedBytes <= budgetBytes, `${store.chargedBytes} after ${i + 1}`);
    }
    assert.ok(store.chargedBytes > 0.7 * budgetBytes, `${store.chargedBytes}`);
  });

  test(`${name}: after any operations, never over budget and never a value that is not the current one`, () => {
    for (let seed = 1; seed <= SEQUENCES; seed++) operate(open, seed);
  });
}

/** A random sequence of operations; the seed is in the message of what fails. */
function operate(open: OpenStore, seed: number): void {
  const random = seededRandom(seed);
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  const oneOf = <T>(choices: readonly T[]) => choices[upTo(choices.length - 1)]!;
  const clock = new TestClock();
  const store = open(40_000, clock);
  const current = new Map<string, Held>();
  const assertCurrent = (key: string) => {
    const answer = store.get(key);
    // It may have given the entry up, but what it answers must be what was set last, and alive.
    if (answer === undefined) return;
    const held = current.get(key);
    assert.equal(answer, held?.value, `seed ${seed}: ${key}`);
    assert.ok(held!.endsMs > clock.now(), `seed ${seed}: ${key} served past its time to live`);
  };
  const operations: readonly (() => void)[] = [
    () => assertCurrent(oneOf(KEYS)),
    () => {
      const key = oneOf(KEYS);
      const value = `${clock.now()} ${random()}`.padEnd(upTo(2000), '.');
      const ttlMs = oneOf([undefined, 50, 5000]);
      const tag = oneOf([undefined, 'red', 'blue']);
      store.set(key, value, { ...(ttlMs && { ttlMs }), ...(tag && { tags: [tag] }) });
      current.set(key, { value, endsMs: clock.now() + (ttlMs ?? Number.POSITIVE_INFINITY), tag });
    },
    () => {
      const key = oneOf(KEYS);
      store.delete(key);
      current.delete(key);
    },
    () => clock.advance(upTo(100)),
    () => {
      const gone = oneOf(['red', 'blue']);
      store.invalidateTag(gone);
      for (const [key, { tag }] of current) if (tag === gone) current.delete(key);
    },
    () => {
      const prefix = oneOf(['a:', '']);
      store.clear(prefix);
      for (const key of current.keys()) if (key.startsWith(prefix)) current.delete(key);
    },
    () => store.setBudget(upTo(60_000)),
  ];
  for (let count = upTo(LONGEST_SEQUENCE); count > 0; count--) {
    // Reads and writes are two in three.
    operations[random() < 0.66 ? upTo(1) : upTo(operations.length - 1)]!();
    assert.ok(store.chargedBytes <= store.budgetBytes || store.size === 0, `seed ${seed}: over budget`);
  }
  for (const key of KEYS) assertCurrent(key);
}
