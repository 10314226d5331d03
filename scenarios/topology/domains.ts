import type { Domain, DomainName } from './topology.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;

/**
 * The article's six kinds of data and the profile that a session names.
 * Why these numbers: docs/workload.md. They are choices, not measurements of anybody's production.
 */
export const DOMAINS: readonly Domain[] = [
  {
    name: 'session',
    keyCount: 400,
    zipfExponent: 1.3,
    medianValueBytes: 400,
    maxValueBytes: 2048,
    originCostMs: 1,
    minMutationIntervalMs: 5 * MINUTE,
    maxMutationIntervalMs: 2 * HOUR,
    ttlMs: 5 * MINUTE,
  },
  {
    name: 'profile',
    keyCount: 400,
    zipfExponent: 1,
    medianValueBytes: 1200,
    maxValueBytes: 8192,
    originCostMs: 2,
    minMutationIntervalMs: 10 * MINUTE,
    maxMutationIntervalMs: DAY,
    ttlMs: 10 * MINUTE,
  },
  {
    name: 'flag',
    keyCount: 60,
    zipfExponent: 1.1,
    medianValueBytes: 200,
    maxValueBytes: 1024,
    originCostMs: 0,
    minMutationIntervalMs: HOUR,
    maxMutationIntervalMs: WEEK,
    ttlMs: 10 * MINUTE,
  },
  {
    name: 'config',
    keyCount: 40,
    zipfExponent: 1.1,
    medianValueBytes: 2048,
    maxValueBytes: 16_384,
    originCostMs: 0,
    minMutationIntervalMs: 30 * MINUTE,
    maxMutationIntervalMs: WEEK,
    ttlMs: 10 * MINUTE,
  },
  {
    name: 'inventory',
    keyCount: 100,
    zipfExponent: 1.3,
    medianValueBytes: 150,
    maxValueBytes: 512,
    originCostMs: 2,
    minMutationIntervalMs: 30 * SECOND,
    maxMutationIntervalMs: 30 * MINUTE,
    ttlMs: 30 * SECOND,
  },
  {
    name: 'price',
    keyCount: 100,
    zipfExponent: 1.3,
    medianValueBytes: 250,
    maxValueBytes: 1024,
    originCostMs: 3,
    minMutationIntervalMs: 5 * SECOND,
    maxMutationIntervalMs: HOUR,
    ttlMs: 10 * SECOND,
  },
  {
    name: 'authorisation',
    keyCount: 200,
    zipfExponent: 1.3,
    medianValueBytes: 100,
    maxValueBytes: 512,
    originCostMs: 1,
    minMutationIntervalMs: 10 * MINUTE,
    maxMutationIntervalMs: WEEK,
    ttlMs: 5 * MINUTE,
  },
];

/** Share of the reads that a request draws from each domain; a profile is read only through its session. */
export const READ_WEIGHTS: Readonly<Record<Exclude<DomainName, 'profile'>, number>> = {
  session: 14,
  flag: 24,
  config: 16,
  inventory: 14,
  price: 16,
  authorisation: 16,
};

/** Position of a domain in `DOMAINS`. */
export const DOMAIN_INDEX: Readonly<Record<DomainName, number>> = Object.fromEntries(
  DOMAINS.map((domain, index) => [domain.name, index]),
) as Record<DomainName, number>;
