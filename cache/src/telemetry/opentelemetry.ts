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
    // A miss that gets a stale value later stays one here: an observable counter must not go down.
    const { hits, staleHits, staleHitsOnError, misses } = cache.stats();
    result.observe(hits, { cache: name, outcome: 'hit' });
    result.observe(staleHits - staleHitsOnError, { cache: name, outcome: 'stale' });
    result.observe(misses + staleHitsOnError, { cache: name, outcome: 'miss' });
  });
  const counters = [
    [
      'stale_on_error',
      '{read}',
      'Misses answered with a stale value, as the load failed.',
      'staleHitsOnError',
    ],
    ['loads', '{load}', 'Loads begun.', 'loads'],
    ['load_failures', '{load}', 'Loads that failed or were refused.', 'loadFailures'],
  ] as const;
  for (const [figure, unit, description, of] of counters) {
    const counter = meter.createObservableCounter(`l1_cache.${figure}`, { unit, description });
    counter.addCallback((result) => result.observe(cache.stats()[of], { cache: name }));
  }
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
