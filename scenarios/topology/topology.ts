import type { Bytes, Count, Millis, Ratio } from 'l1-cache';

/** The kinds of data a mesh reads: the article's six, and the profile that a session names. */
export type DomainName = 'session' | 'profile' | 'flag' | 'config' | 'inventory' | 'price' | 'authorisation';

/** One kind of data, with everything that makes it cheap or hard to cache. */
export interface Domain {
  readonly name: DomainName;
  /** Distinct keys that one owning service holds. */
  readonly keyCount: Count;
  /** Zipf exponent of the key popularity; 0 is uniform. */
  readonly zipfExponent: number;
  /** Value sizes: log-normal around the median, cut at the maximum. */
  readonly medianValueBytes: Bytes;
  readonly maxValueBytes: Bytes;
  /** How long the owner waits to answer, as for its database: an *emulated* wait, said so in every report. */
  readonly originCostMs: Millis;
  /** Mean time between two changes of one key; keys are spread log-uniformly between the two. */
  readonly minMutationIntervalMs: Millis;
  readonly maxMutationIntervalMs: Millis;
  /** The static TTL a careful team would set by hand, the same for every cache that has no better idea. */
  readonly ttlMs: Millis;
}

/** One of the mesh's programs. */
export interface Service {
  readonly index: number;
  /** `svc-00` … `svc-49`. */
  readonly name: string;
  /** Distance from the edge: a service reads only from services of a higher layer. */
  readonly layer: number;
  /** The domains whose truth it holds. */
  readonly owns: readonly DomainName[];
}

/** One read of a request: which domain, of which owner, and whether its key comes from an earlier read. */
export interface ReadStep {
  readonly domain: DomainName;
  /** Index of the owning service. */
  readonly owner: number;
  /** Index of the step whose value names this step's key (a chain), or null for a key of the arrival's own. */
  readonly after: number | null;
}

/** A kind of inbound request: one service, a fixed list of reads, a share of the traffic. */
export interface RequestType {
  readonly index: number;
  /** Index of the service that receives it. */
  readonly service: number;
  /** Integer weight in the request mix. */
  readonly weight: Count;
  readonly reads: readonly ReadStep[];
}

export type FanOutDistribution = 'constant' | 'poisson' | 'power-law';

/** The whole mesh as data: made from a seed, the same bytes for the same seed. */
export interface Topology {
  readonly seed: number;
  readonly fanOutDistribution: FanOutDistribution;
  /** Mean reads per inbound request over the mix; exact. */
  readonly fanOutMean: number;
  /** Median pause between a read and the read that its value names; log-normal, cut at 50 ms. 0: at once. */
  readonly chainGapMs: Millis;
  readonly domains: readonly Domain[];
  readonly services: readonly Service[];
  readonly requestTypes: readonly RequestType[];
}

/** A number between 0 and 1 drawn from the seeded generator. */
export type Rng = () => Ratio;
