import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { L1Cache } from '../cache.ts';
import { TestClock } from '../test-clock.ts';
import { BlockValues } from './block-values.ts';
import { estimateSize } from './estimate-size.ts';
import { AdaptivePolicy } from './eviction/adaptive.ts';
import { Store } from './store.ts';
import { stringBytes } from './string-bytes.ts';
import { bytesOfTags } from './tags.ts';
import { ReferenceValues, type Values } from './values.ts';

const utf8 = {
  encode: (text: string) => Buffer.from(text),
  decode: (bytes: Uint8Array) => Buffer.from(bytes).toString(),
};

const KINDS: Readonly<Record<string, () => Values<string>>> = {
  'values by reference': () => new ReferenceValues<string>('none'),
  'values as bytes': () => new BlockValues<string>(utf8),
};

function storeOf(values: Values<string>, clock: TestClock, budgetBytes: number): Store<string> {
  return new Store<string>({
    values,
    policy: new AdaptivePolicy(),
    clock,
    looks: 'each',
    seed: 1,
    budgetBytes,
    maxEntries: Number.POSITIVE_INFINITY,
    windows: { whileRevalidateMs: 0, ifErrorMs: 0 },
    refreshAheadRatio: 0,
  });
}

function put(
  store: Store<string>,
  key: string,
  value: string,
  ttlMs = Number.POSITIVE_INFINITY,
  tags: string[] = [],
) {
  const terms = { refreshable: false, maxAgeMs: Number.POSITIVE_INFINITY, life: ttlMs };
  return store.put(key, value, { tags }, terms);
}

function read(store: Store<string>, key: string): string | undefined {
  const slot = store.entries.slotOf.get(key);
  if (slot === undefined || store.lifetimes.freshUntil(slot) <= store.look()) {
    store.missed(key);
    return undefined;
  }
  store.entries.path.hit(slot);
  return store.entries.values.read(slot);
}

/** What must hold after every operation, whatever it was. */
function assertSound(store: Store<string>): void {
  const { entries, budget } = store;
  assert.ok(budget.chargedBytes <= budget.budgetBytes || entries.size === 0, 'over budget');
  let held = 0;
  let payload = 0;
  const tags = new Set<string>();
  for (let slot = 0; slot < entries.used; slot++) {
    if (!entries.isHeld(slot)) {
      assert.equal(entries.values.read(slot), undefined, 'a free slot keeps a value alive');
      continue;
    }
    held++;
    payload += entries.payload.at(slot);
    assert.equal(entries.slotOf.get(entries.keys[slot]!), slot, 'index and table disagree');
    for (const tag of store.tagsOf(slot)) tags.add(tag);
  }
  assert.equal(held, entries.size);
  assert.equal(payload + bytesOfTags([...tags]), budget.payloadBytes);
}

for (const [kind, values] of Object.entries(KINDS)) {
  test(`${kind}: bytes, index and entries agree after every operation, and reads match a plain reference`, () => {
    const key = fc.integer({ min: 0, max: 40 }).map((n) => `key:${n}`);
    const operation = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ do: fc.constant('put'), key, length: fc.integer({ min: 0, max: 900 }) }),
      },
      { weight: 4, arbitrary: fc.record({ do: fc.constant('read'), key }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('ttl'), key, length: fc.integer({ min: 0, max: 99 }) }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('remove'), key }) },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('tag'), key, length: fc.integer({ min: 0, max: 3 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('untag'), key, length: fc.integer({ min: 0, max: 3 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('wait'), key, length: fc.integer({ min: 1, max: 400 }) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ do: fc.constant('budget'), key, length: fc.integer({ min: 0, max: 30_000 }) }),
      },
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
        const clock = new TestClock();
        const store = storeOf(values(), clock, 20_000);
        const truth = new Map<string, { value: string; endsMs: number; tag: string }>();
        for (const [n, step] of operations.entries()) {
          const length = 'length' in step ? (step.length as number) : 0;
          const value = String.fromCharCode(97 + (n % 26)).repeat(length);
          const slot = store.entries.slotOf.get(step.key);
          const tag = `tag:${length}`;
          const endsMs = step.do === 'ttl' ? clock.now() + Math.max(1, length) : Number.POSITIVE_INFINITY;
          if (step.do === 'put' || step.do === 'ttl' || step.do === 'tag') {
            const outcome = put(store, step.key, value, endsMs - clock.now(), step.do === 'tag' ? [tag] : []);
            if (outcome === 'stored')
              truth.set(step.key, { value, endsMs, tag: step.do === 'tag' ? tag : '' });
            else truth.delete(step.key);
          } else if (step.do === 'read') {
            const expected = truth.get(step.key);
            const found = read(store, step.key);
            if (found !== undefined) assert.equal(found, expected?.value);
            if (expected && expected.endsMs <= clock.now()) assert.equal(found, undefined);
          } else if (step.do === 'remove') {
            if (slot !== undefined) store.remove(slot, 'deleted');
            truth.delete(step.key);
          } else if (step.do === 'untag') {
            store.removeTagged(tag);
            for (const [held, { tag: its }] of truth) if (its === tag) truth.delete(held);
          } else if (step.do === 'wait') {
            clock.advance(length);
            store.maintain(() => Number.POSITIVE_INFINITY);
          } else store.setBudget(length);
          assertSound(store);
        }
      }),
      { seed: 7, numRuns: 150 },
    );
  });

  test(`${kind}: the budget holds through many distinct keys and sizes`, () => {
    const store = storeOf(values(), new TestClock(), 200_000);
    for (let i = 0; i < 20_000; i++) {
      put(store, `key:${i}`, 'x'.repeat((i * 7919) % 1500));
      assert.ok(store.budget.chargedBytes <= 200_000);
    }
    assertSound(store);
    assert.ok(store.budget.payloadBytes > 120_000, `only ${store.budget.payloadBytes} bytes are used`);
  });
}

test('nothing is lost while the budget is not spent', () => {
  const store = storeOf(new ReferenceValues<string>('none'), new TestClock(), 10_000_000);
  for (let i = 0; i < 20_000; i++) put(store, `key:${i}`, `value ${i}`);
  for (let i = 0; i < 20_000; i++) assert.equal(read(store, `key:${i}`), `value ${i}`);
});

test('expired entries that nobody reads are found', () => {
  const clock = new TestClock();
  const store = storeOf(new ReferenceValues<string>('none'), clock, 10_000_000);
  for (let i = 0; i < 5000; i++) put(store, `key:${i}`, 'v', 1000 + (i % 100));
  clock.advance(2000);
  store.maintain(() => Number.POSITIVE_INFINITY);
  assert.equal(store.entries.size, 0);
  assert.equal(store.counters.removals.expired, 5000);
});

test('times stay right over months of running', () => {
  const clock = new TestClock();
  const store = storeOf(new ReferenceValues<string>('none'), clock, 100_000);
  for (let day = 0; day < 100; day++) {
    put(store, 'day', String(day), 3_600_000);
    clock.advance(3_599_000);
    assert.equal(read(store, 'day'), String(day));
    clock.advance(2000);
    assert.equal(read(store, 'day'), undefined);
    clock.advance(24 * 3_600_000);
    store.maintain(() => Number.POSITIVE_INFINITY);
  }
});

test('a shrunk store of bytes gives its memory back', () => {
  const values = new BlockValues<string>(utf8);
  const store = storeOf(values, new TestClock(), 8_000_000);
  for (let i = 0; i < 5000; i++) put(store, `key:${i}`, `${i}:`.padEnd(1000, 'x'));
  const before = values.segmentCount;
  store.setBudget(2_000_000);
  assert.ok(values.segmentCount < before / 2);
  for (const [key, slot] of store.entries.slotOf) {
    assert.equal(store.entries.values.read(slot), `${key.slice(4)}:`.padEnd(1000, 'x'));
  }
});

test('a store of bytes gives its memory back when all has left, though nothing more comes', () => {
  const values = new BlockValues<string>(utf8);
  const store = storeOf(values, new TestClock(), 8_000_000);
  for (let i = 0; i < 5000; i++) put(store, `key:${i}`, 'x'.repeat(1000));
  for (const slot of store.entries.slotOf.values()) store.remove(slot, 'cleared');
  store.maintain(() => Number.POSITIVE_INFINITY);
  assert.equal(values.segmentCount, 0);
  put(store, 'next', 'value');
  assert.equal(read(store, 'next'), 'value');
});

test('a cache cut to a small part of itself keeps that part, whole, and goes on', () => {
  for (const values of Object.values(KINDS)) {
    const store = storeOf(values(), new TestClock(), 8_000_000);
    for (let i = 0; i < 60_000; i++)
      put(store, `key:${i}`, `value ${i}`, Number.POSITIVE_INFINITY, i % 9 ? [] : ['nine']);
    store.setBudget(3_000_000);
    assertSound(store);
    assert.ok(store.entries.size > 3000, `${store.entries.size} entries are left`);
    for (const [key, slot] of store.entries.slotOf) {
      assert.equal(store.entries.values.read(slot), `value ${key.slice(4)}`);
      assert.equal(store.tagsOf(slot).length, Number(key.slice(4)) % 9 ? 0 : 1);
    }
    store.setBudget(8_000_000);
    for (let i = 0; i < 60_000; i++) put(store, `new:${i}`, `value ${i}`);
    assertSound(store);
    assert.equal(read(store, 'new:59999'), 'value 59999');
  }
});

test('a key is charged one byte a character in Latin-1 and two otherwise', () => {
  assert.equal(stringBytes('12345678'), 24);
  assert.equal(stringBytes('ключключ'), 32);
});

test('a size that is none is refused, and the sum stays right', () => {
  const cache = new L1Cache<string>({ budgetBytes: 1_000_000, seed: 1 });
  for (const sizeBytes of [-1000, Number.NaN]) {
    assert.throws(() => cache.set('k', 'v', { sizeBytes }), /sizeBytes is .*; it must be/);
  }
  cache.delete('k');
  assert.equal(cache.payloadBytes, 0);
});

test('a value whose parts lead back to it is weighed once, whatever their number', () => {
  const cache = new L1Cache<object>({ budgetBytes: 1_000_000, seed: 1, freezing: 'none' });
  const order: { items: object[] } = { items: [] };
  for (let i = 0; i < 100; i++) order.items.push({ i, order });
  cache.set('order', order);
  assert.ok(cache.payloadBytes < 10_000, `${cache.payloadBytes} bytes`);
  // Each leads to all others: there are more ways through them than could ever be walked.
  const people: { friends?: object[] }[] = Array.from({ length: 40 }, () => ({}));
  for (const person of people) person.friends = people.filter((other) => other !== person);
  assert.equal(cache.set('people', people), 'stored');
});

test('objects used as maps are charged the tables that V8 makes of them', () => {
  const ofFields = (count: number) =>
    JSON.parse(`{${Array.from({ length: count }, (_, i) => `"key${i + 100}":${i}`)}}`);
  // Heaps of such values, weighed: 18.7 KB where each has keys of its own, 12.4 where they share them.
  const many = estimateSize(ofFields(200));
  assert.ok(many > 17_000 && many < 20_000, `${many} bytes`);
  assert.ok(estimateSize(ofFields(100)) < 1000);
  assert.ok(estimateSize(Object.assign(Object.create(null), { a: 1, b: 2 })) > 170);
});

test('a tag named twice counts once, and a list of tags that changes later is not followed', () => {
  const cache = new L1Cache<string>({ budgetBytes: 1_000_000, seed: 1 });
  const tags = ['a', 'a', 'b'];
  cache.set('k', 'v', { tags });
  tags[2] = 'c';
  assert.equal(cache.invalidateTag('c'), 0);
  assert.equal(cache.invalidateTag('b'), 1);
  assert.equal(cache.invalidateTag('a'), 0);
});

test('a tag is charged with its text, once for all entries that carry it, until the last of them leaves', () => {
  const cache = new L1Cache<string>({ budgetBytes: 1_000_000, seed: 1 });
  const tag = 't'.repeat(100_000);
  cache.set('a', 'v', { tags: [tag] });
  cache.set('b', 'v', { tags: [tag] });
  assert.ok(cache.chargedBytes > 100_000 && cache.chargedBytes < 110_000, `${cache.chargedBytes} charged`);
  cache.delete('a');
  assert.ok(cache.chargedBytes > 100_000, `${cache.chargedBytes} charged`);
  cache.set('b', 'v');
  assert.ok(cache.chargedBytes < 10_000, `${cache.chargedBytes} charged`);
  assert.equal(cache.set('c', 'v', { tags: ['t'.repeat(1_000_000)] }), 'refused-too-large');
});

test('an only entry whose columns no longer fit leaves too, and the set says so', () => {
  for (let budgetBytes = 3000; budgetBytes < 5000; budgetBytes += 40) {
    const cache = new L1Cache<string>({ budgetBytes, seed: 1 });
    cache.define('', { load: async () => 'v' });
    if (cache.set('a', 'v', { sizeBytes: 0 }) !== 'stored') continue;
    const outcome = cache.set('a', 'v', { version: 1, ttlMs: 1000, tags: ['t'] });
    assert.ok(cache.chargedBytes <= budgetBytes, `${cache.chargedBytes} of ${budgetBytes} charged`);
    assert.equal(outcome, cache.has('a') ? 'stored' : 'refused-too-large');
  }
});

test('the first entry with a version, an age, a tag or a load cost does not push the cache over its budget', () => {
  for (const options of [{ version: 1 }, { ttlMs: 1000 }, { tags: ['t'] }, { loadCostMs: 5 }]) {
    const cache = new L1Cache<number>({ budgetBytes: 8_000_000, seed: 1 });
    cache.define('loaded', { load: async () => 1 });
    for (let i = 0; i < 60_000; i++) cache.set(`k${i}`, i);
    cache.set('loaded', 1, options);
    const over = cache.chargedBytes - cache.budgetBytes;
    assert.ok(over <= 0, `${over} bytes over with ${JSON.stringify(options)}`);
  }
});
