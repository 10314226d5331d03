import assert from 'node:assert/strict';
import { test } from 'node:test';
import { L1Cache } from '../cache.ts';
import { attachFreshness } from '../freshness/attach.ts';
import { LearnedFreshness } from '../freshness/learned-freshness.ts';
import { seededRandom } from '../random.ts';
import { attachFleet } from './attach.ts';
import { Fleet } from './fleet.ts';
import { MemoryBus } from './memory-bus.ts';

interface Stamped {
  readonly version: number;
}

/** Two caches over one origin, tied by a bus. Time is the test's; `pass` lets it go on and the bus deliver. */
async function twoPods(limits: { readonly maxEntries?: number } = {}) {
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const origin = { version: 1, loads: 0 };
  const bus = new MemoryBus();
  const members = ['a', 'b'];
  const pods = await Promise.all(
    members.map(async (self) => {
      const learner = new LearnedFreshness({
        policy: { kind: 'target-share', shareRatio: 0.05 },
        minTtlMs: 10_000,
        spread: 'fleet',
        rng: seededRandom(1),
      });
      const attachment = attachFreshness<Stamped>(learner, { clock });
      const cache = new L1Cache<Stamped>({
        budgetBytes: 2 ** 22,
        clock,
        ttl: attachment.ttl,
        seed: 1,
        ...limits,
      });
      attachment.listen(cache);
      cache.define('k:', {
        prefetchable: true,
        tags: ['all'],
        load: async () => {
          origin.loads++;
          return { version: origin.version };
        },
      });
      const attached = await attachFleet({
        cache,
        freshness: { learner, attachment },
        transport: bus.connect(self),
        secret: new Uint8Array(32).fill(3),
        namespaces: [{ prefix: 'k:', keys: 'encrypted' }],
        members,
        clock,
        rng: seededRandom(2),
      });
      return { cache, learner, attached };
    }),
  );
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 50) {
      clock.nowMs += 50;
      for (const { cache, attached } of pods) {
        cache.flushAccesses();
        attached.fleet.tick();
      }
      await new Promise(setImmediate);
    }
  };
  return {
    a: pods[0]!,
    b: pods[1]!,
    origin,
    pass,
    [Symbol.asyncDispose]: async () => {
      for (const { cache, attached } of pods) {
        await attached[Symbol.asyncDispose]();
        cache[Symbol.dispose]();
      }
    },
  };
}

test('when one cache fetches a changed value, the other drops its own', async () => {
  await using pods = await twoPods();
  const { a, b, origin, pass } = pods;
  await a.cache.read('k:1');
  await b.cache.read('k:1');
  await pass(500);
  origin.version = 2;
  a.cache.delete('k:1');
  await a.cache.read('k:1');
  assert.equal(b.cache.peek('k:1')?.version, 1);
  await pass(500);
  assert.equal(b.cache.peek('k:1'), undefined);
  assert.equal((await b.cache.read('k:1')).version, 2);
});

test('when one cache finds a value unchanged, the other serves it longer without a fetch, and tells nobody', async () => {
  await using pods = await twoPods();
  const { a, b, origin, pass } = pods;
  await a.cache.read('k:1');
  await b.cache.read('k:1');
  // Until the first greeting of each pod is over.
  await pass(5500);
  const before = b.learner.inspect('k:1')!;
  a.cache.delete('k:1');
  await a.cache.read('k:1');
  const sentByB = b.attached.fleet.stats().sentMessages;
  await pass(500);
  assert.equal(origin.loads, 3);
  assert.equal(b.learner.inspect('k:1')!.observations, before.observations + 1);
  assert.equal(b.attached.fleet.stats().sentMessages, sentByB);
  assert.equal(b.cache.peek('k:1')?.version, 1);
});

test("a value that lives on at another's word keeps its tags", async () => {
  await using pods = await twoPods();
  const { a, b, pass } = pods;
  await a.cache.read('k:1');
  await b.cache.read('k:1');
  await pass(500);
  const { observations } = b.learner.inspect('k:1')!;
  a.cache.delete('k:1');
  await a.cache.read('k:1');
  await pass(500);
  assert.equal(b.learner.inspect('k:1')!.observations, observations + 1);
  assert.equal(b.cache.invalidateTag('all'), 1);
  assert.equal(b.cache.peek('k:1'), undefined);
});

test('a cold cache loads what a warm one holds', async () => {
  await using pods = await twoPods();
  const { a, b, pass } = pods;
  for (let i = 0; i < 50; i++) await a.cache.read(`k:${i}`);
  const warming = b.attached.fleet.warmUp();
  await pass(1000);
  assert.equal((await warming).outcome, 'warm');
  assert.equal(b.cache.size, 50);
});

test('what a warm start brings leaves from the least read up', async () => {
  await using pods = await twoPods({ maxEntries: 50 });
  const { a, b, pass } = pods;
  for (let i = 0; i < 50; i++) await a.cache.read(`k:${i}`);
  for (let read = 0; read < 5; read++) for (let i = 0; i < 10; i++) a.cache.get(`k:${i}`);
  const warming = b.attached.fleet.warmUp();
  await pass(1000);
  await warming;
  for (let i = 0; i < 40; i++) b.cache.set(`new:${i}`, { version: 1 });
  for (let i = 0; i < 10; i++) assert.ok(b.cache.has(`k:${i}`), `k:${i} is hot and was lost`);
});

test('a pod that warms up evicts as its peer has learned to', async () => {
  await using pods = await twoPods({ maxEntries: 300 });
  const { a, b, pass } = pods;
  const loopOver = (cache: L1Cache<Stamped>): number => {
    let hits = 0;
    for (let i = 0; i < 600; i++) {
      if (cache.get(`k:${i}`) === undefined) cache.set(`k:${i}`, { version: 1 });
      else hits++;
    }
    return hits;
  };
  for (let round = 0; round < 60; round++) loopOver(a.cache);
  const warming = b.attached.fleet.warmUp();
  await pass(1000);
  assert.equal((await warming).outcome, 'warm');
  assert.ok(loopOver(a.cache) > 250, 'the first learned to keep a part of the loop');
  assert.ok(loopOver(b.cache) + loopOver(b.cache) > 500, 'and so does the one that warmed up');
});

test('a warm start brings what is held, however many other keys were read since', async () => {
  await using pods = await twoPods();
  const { a, b, pass } = pods;
  await a.cache.read('k:1');
  for (let i = 0; i < 25_000; i++) a.cache.get(`absent:${i}`);
  void b.attached.fleet.warmUp();
  await pass(1000);
  assert.ok(b.cache.has('k:1'));
});

test('a value kept as bytes is not decoded for a hit', async () => {
  let decoded = 0;
  const cache = new L1Cache<Stamped>({
    budgetBytes: 2 ** 22,
    seed: 1,
    values: {
      encode: ({ version }) => Buffer.from([version]),
      decode: (bytes) => {
        decoded++;
        return { version: bytes[0]! };
      },
    },
  });
  await using attached = await attachFleet({
    cache,
    transport: new MemoryBus().connect('a'),
    secret: new Uint8Array(32).fill(3),
    namespaces: [{ prefix: 'k:', keys: 'encrypted' }],
    members: ['a'],
    rng: seededRandom(2),
  });
  cache.set('k:1', { version: 1 });
  cache.get('k:1');
  cache.flushAccesses();
  assert.equal(decoded, 1, 'for the reader alone');
  attached.fleet.tick();
  cache[Symbol.dispose]();
});

test('a secret too short to be one is refused', async () => {
  const cache = new L1Cache<Stamped>({ budgetBytes: 2 ** 22, seed: 1 });
  const transport = new MemoryBus().connect('a');
  const attaching = attachFleet({
    cache,
    transport,
    secret: Buffer.from(''),
    members: ['a'],
    rng: seededRandom(2),
  });
  await assert.rejects(attaching, { code: 'L1_BAD_OPTION' });
  cache[Symbol.dispose]();
});

test('an attached fleet at rest ticks for its greetings alone, and tells a change within 50 ms', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  const clock = { nowMs: 0, now: () => clock.nowMs };
  const pass = (ms: number) => {
    for (let passed = 0; passed < ms; passed++) {
      clock.nowMs++;
      t.mock.timers.tick(1);
    }
  };
  const ticks = t.mock.method(Fleet.prototype, 'tick').mock;
  const bus = new MemoryBus();
  let heard = 0;
  await bus.connect('b').start(
    () => heard++,
    () => {},
  );
  const cache = new L1Cache<Stamped>({ budgetBytes: 2 ** 22, clock, seed: 1 });
  await using _attached = await attachFleet({
    cache,
    transport: bus.connect('a'),
    secret: new Uint8Array(32).fill(3),
    members: ['a', 'b'],
    clock,
    rng: seededRandom(2),
  });
  pass(10_000);
  await Promise.resolve();
  assert.ok(ticks.callCount() <= 3, `${ticks.callCount()} ticks in 10 s`);
  assert.equal(heard, ticks.callCount());
  const heardBefore = heard;
  for (const version of [1, 2]) cache.set('k:1', { version });
  cache.flushAccesses();
  pass(50);
  await Promise.resolve();
  assert.equal(heard, heardBefore + 1);
  cache[Symbol.dispose]();
});
