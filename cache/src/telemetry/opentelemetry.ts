import type { CacheStats } from '../store/stats.ts';

interface Counted {
  stats(): CacheStats;
}

/** What is needed of a meter of `@opentelemetry/api`; its own fits. */
export interface Meter {
  createObservableCounter(name: string, options: InstrumentOptions): Observable;
  createObservableGauge(name: string, options: InstrumentOptions): Observable;
}

interface InstrumentOptions {
  readonly unit: string;
  readonly description: string;
}

interface Observable {
  addCallback(callback: (result: ObservableResult) => void): void;
}

interface ObservableResult {
  observe(value: number, attributes: Readonly<Record<string, string>>): void;
}

/** Lets the meter read the cache's counters whenever it collects. Costs nothing in between. */
export function observeCache(meter: Meter, name: string, cache: Counted): void {
  const reads = meter.createObservableCounter('l1_cache.reads', {
    unit: '{read}',
    description: 'Reads by what they got.',
  });
  reads.addCallback((result) => {
    const { hits, staleHits, misses } = cache.stats();
    result.observe(hits, { cache: name, outcome: 'hit' });
    result.observe(staleHits, { cache: name, outcome: 'stale' });
    result.observe(misses, { cache: name, outcome: 'miss' });
  });
  const loads = meter.createObservableCounter('l1_cache.loads', {
    unit: '{load}',
    description: 'Loads begun, and those that failed.',
  });
  loads.addCallback((result) => {
    const stats = cache.stats();
    result.observe(stats.loads - stats.loadFailures, { cache: name, outcome: 'loaded' });
    result.observe(stats.loadFailures, { cache: name, outcome: 'failed' });
  });
  const removals = meter.createObservableCounter('l1_cache.removals', {
    unit: '{entry}',
    description: 'Entries that left, by reason.',
  });
  removals.addCallback((result) => {
    for (const [reason, count] of Object.entries(cache.stats().removals)) {
      result.observe(count, { cache: name, reason });
    }
  });
  const memory = meter.createObservableGauge('l1_cache.memory', {
    unit: 'By',
    description: 'The budget, and what counts against it.',
  });
  memory.addCallback((result) => {
    const { chargedBytes, budgetBytes } = cache.stats();
    result.observe(chargedBytes, { cache: name, kind: 'charged' });
    result.observe(budgetBytes, { cache: name, kind: 'budget' });
  });
}
