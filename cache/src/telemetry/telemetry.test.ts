import assert from 'node:assert/strict';
import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel';
import { test } from 'node:test';
import { L1Cache } from '../cache.ts';
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
    await cache.getOrLoad('c', async () => 'v');
  } finally {
    unsubscribe('l1-cache:removal', onRemoval);
    loads.unsubscribe(handlers);
  }
  assert.deepEqual(seen, ['removal deleted', 'load c', 'loaded']);
});
