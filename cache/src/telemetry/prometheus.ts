import type { CacheStats } from '../store/stats.ts';

interface Counted {
  stats(): CacheStats;
}

type Figure = readonly [
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  of: (stats: CacheStats) => number,
];

const FIGURES: readonly Figure[] = [
  ['hits_total', 'counter', 'Reads answered with a fresh value.', (s) => s.hits],
  [
    'stale_hits_total',
    'counter',
    'Reads answered past the life of the value while it was renewed.',
    (s) => s.staleHits - s.staleHitsOnError,
  ],
  // A miss that gets a stale value later stays one here: what Prometheus counts must not go down.
  [
    'misses_total',
    'counter',
    'Reads that found nothing to serve at once.',
    (s) => s.misses + s.staleHitsOnError,
  ],
  [
    'stale_on_error_total',
    'counter',
    'Of the misses: answered past the life of the value, as the load failed.',
    (s) => s.staleHitsOnError,
  ],
  ['fills_total', 'counter', 'Values stored.', (s) => s.fills],
  ['loads_total', 'counter', 'Loads begun.', (s) => s.loads],
  ['load_failures_total', 'counter', 'Loads that failed or were refused.', (s) => s.loadFailures],
  [
    'overtaken_fills_total',
    'counter',
    'Loads dropped because something newer came.',
    (s) => s.overtakenFills,
  ],
  ['prefetches_total', 'counter', 'Loads begun on a guess.', (s) => s.prefetches],
  ['used_prefetches_total', 'counter', 'Prefetched values read at least once.', (s) => s.usedPrefetches],
  ['entries', 'gauge', 'Entries held.', (s) => s.entries],
  ['charged_bytes', 'gauge', 'What counts against the budget.', (s) => s.chargedBytes],
  ['budget_bytes', 'gauge', 'The budget now.', (s) => s.budgetBytes],
];

/** The caches' counters in Prometheus' text format (version 0.0.4), each labelled with its name. */
export function prometheusText(caches: Readonly<Record<string, Counted>>): string {
  const all = Object.entries(caches).map(([name, cache]) => [escaped(name), cache.stats()] as const);
  const lines = FIGURES.flatMap(([name, type, help, of]) => [
    `# HELP l1_cache_${name} ${help}`,
    `# TYPE l1_cache_${name} ${type}`,
    ...all.map(([cache, stats]) => `l1_cache_${name}{cache="${cache}"} ${of(stats)}`),
  ]);
  lines.push('# HELP l1_cache_removals_total Entries that left.', '# TYPE l1_cache_removals_total counter');
  for (const [cache, { removals }] of all) {
    for (const [reason, count] of Object.entries(removals)) {
      lines.push(`l1_cache_removals_total{cache="${cache}",reason="${reason}"} ${count}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

function escaped(label: string): string {
  return label.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n');
}
