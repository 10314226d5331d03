import assert from 'node:assert/strict';
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { L1Cache } from '../cache.ts';
import { TestClock } from '../test-clock.ts';
import { observeCache } from './opentelemetry.ts';
import { prometheusText } from './prometheus.ts';

function used() {
  const cache = new L1Cache<string>({ budgetBytes: 1_000_000, seed: 1 });
  cache.set('a', 'v');
  cache.get('a');
  cache.get('b');
  cache.delete('a');
  return cache;
}

test('Prometheus gets every counter with the name of the cache, escaped', () => {
  const text = prometheusText({ 'my "users"': used() });
  assert.match(text, /^l1_cache_hits_total\{cache="my \\"users\\""\} 1$/m);
  assert.match(text, /^l1_cache_removals_total\{cache="my \\"users\\"",reason="deleted"\} 1$/m);
  for (const line of text.trimEnd().split('\n')) {
    assert.match(line, /^(# (HELP|TYPE) l1_cache_\w+ .+|l1_cache_\w+\{.*\} [\d.]+)$/);
  }
});

test('OpenTelemetry reads the counters when it collects', () => {
  const seen: Record<string, number> = {};
  const instrument = (name: string) => ({
    addCallback: (callback: (result: { observe(value: number, by: Record<string, string>): void }) => void) =>
      callback({
        observe: (value, by) => {
          seen[`${name} ${by.outcome ?? by.reason ?? by.kind}`] = value;
        },
      }),
  });
  observeCache({ createObservableCounter: instrument, createObservableGauge: instrument }, 'users', used());
  assert.equal(seen['l1_cache.reads hit'], 1);
  assert.equal(seen['l1_cache.reads miss'], 1);
  assert.equal(seen['l1_cache.removals deleted'], 1);
  assert.equal(seen['l1_cache.memory budget'], 1_000_000);
});

test('removals and loads can be traced', async () => {
  const seen: string[] = [];
  const onRemoval = (message: unknown) => seen.push(`removal ${(message as { reason: string }).reason}`);
  const handlers = {
    start: (message: object) => void seen.push(`load ${(message as { key: string }).key}`),
    end: () => {},
    asyncStart: () => {},
    asyncEnd: () => void seen.push('loaded'),
    error: () => {},
  };
  subscribe('l1-cache:removal', onRemoval);
  const loads = tracingChannel('l1-cache:load');
  loads.subscribe(handlers);
  try {
    const cache = used();
    await undefined;
    await cache.getOrLoad('c', async () => 'v');
  } finally {
    unsubscribe('l1-cache:removal', onRemoval);
    loads.unsubscribe(handlers);
  }
  assert.deepEqual(seen, ['removal deleted', 'load c', 'loaded']);
});

test('who hears of a removal may use the cache', async () => {
  const cache = new L1Cache<number>({ budgetBytes: 20_000, maxEntries: 100, seed: 1 });
  const onRemoval = (message: unknown) => {
    const { key } = message as { key: string };
    if (cache.get(key) === undefined && key.startsWith('k')) cache.set(`gone:${key}`, 1);
  };
  subscribe('l1-cache:removal', onRemoval);
  try {
    for (let i = 0; i < 300; i++) cache.set(`k${i}`, i);
    await undefined;
  } finally {
    unsubscribe('l1-cache:removal', onRemoval);
  }
  assert.ok(cache.size <= 100);
  const kept = Array.from({ length: 300 }, (_, i) => [`k${i}`, `gone:k${i}`]).flat();
  assert.equal(kept.filter((key) => cache.has(key)).length, cache.size);
  cache.clear();
  assert.deepEqual([cache.size, cache.payloadBytes], [0, 0]);
});

test('no counter goes down when a miss is answered with a stale value later', async () => {
  const clock = new TestClock();
  const cache = new L1Cache<string>({ budgetBytes: 1_000_000, clock, ttlMs: 100, staleIfErrorMs: 10_000 });
  cache.set('a', 'v');
  clock.advance(200);
  let fail = () => {};
  const read = cache.getOrLoad(
    'a',
    () => new Promise((_, reject) => (fail = () => reject(new Error('down')))),
  );
  const before = countersOf(cache);
  fail();
  assert.equal(await read, 'v');
  const after = countersOf(cache);
  for (const [name, value] of before) assert.ok(after.get(name)! >= value, name);
  assert.equal(after.get('prometheus l1_cache_stale_on_error_total{cache="c"}'), 1);
  assert.equal(after.get('otel l1_cache.stale_on_error undefined'), 1);
});

/** Everything that either adapter calls a counter. */
function countersOf(cache: L1Cache<string>): Map<string, number> {
  const seen = new Map<string, number>();
  for (const [, series, value] of prometheusText({ c: cache }).matchAll(/^(\w+_total\{.*\}) (.+)$/gm)) {
    seen.set(`prometheus ${series}`, Number(value));
  }
  const counter = (name: string) => ({
    addCallback: (callback: (result: { observe(value: number, by: Record<string, string>): void }) => void) =>
      callback({ observe: (value, by) => void seen.set(`otel ${name} ${by.outcome ?? by.reason}`, value) }),
  });
  const gauge = () => ({ addCallback: () => {} });
  observeCache({ createObservableCounter: counter, createObservableGauge: gauge }, 'c', cache);
  return seen;
}
