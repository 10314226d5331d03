import type { Trace } from '../trace.ts';
import { Arc } from './arc.ts';
import { Belady } from './belady.ts';
import { L1CacheUnderTest } from './l1-cache.ts';
import { Lru } from './lru.ts';
import type { SimulatedCache } from './policy.ts';
import { S3Fifo } from './s3-fifo.ts';
import { Sieve } from './sieve.ts';
import { WTinyLfu } from './w-tinylfu.ts';

interface SimulatedPolicy {
  readonly name: string;
  /** Whether the outcome depends on how keys hash; such a policy is run once per seed. */
  readonly seeded: boolean;
  create(trace: Trace, entries: number, seed: number): SimulatedCache;
}

/** Every policy the simulator knows; `l1-cache` is this library's own store. */
export const POLICIES: readonly SimulatedPolicy[] = [
  {
    name: 'l1-cache',
    seeded: true,
    create: (trace, n, seed) => new L1CacheUnderTest(n, trace.distinctKeys, seed),
  },
  { name: 'lru', seeded: false, create: (trace, n) => new Lru(n, trace.distinctKeys) },
  { name: 'arc', seeded: false, create: (trace, n) => new Arc(n, trace.distinctKeys) },
  { name: 's3-fifo', seeded: false, create: (trace, n) => new S3Fifo(n, trace.distinctKeys, 2) },
  { name: 's3-fifo-1', seeded: false, create: (trace, n) => new S3Fifo(n, trace.distinctKeys, 1) },
  { name: 'sieve', seeded: false, create: (trace, n) => new Sieve(n, trace.distinctKeys) },
  { name: 'w-tinylfu', seeded: true, create: (trace, n, seed) => new WTinyLfu(n, trace.distinctKeys, seed) },
  { name: 'belady', seeded: false, create: (trace, n) => new Belady(n, trace) },
];
