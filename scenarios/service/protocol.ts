import type { Bytes, Count, Millis, Nanos } from 'l1-cache';
import type { CacheContents, PrefetchCounts } from '../read-path.ts';
import type { Topology } from '../topology/topology.ts';

/**
 * What a pod's service program is told when it starts (a JSON file, its path the first argument) and what it
 * answers on its control port. Times are wall-clock milliseconds unless a name says otherwise.
 */
export interface PodConfig {
  readonly runId: string;
  readonly serviceIndex: number;
  readonly seed: number;
  readonly topology: Topology;
  readonly fanOut: 'parallel' | 'sequential';
  readonly budgetBytes: Bytes;
  /** Start of the mutation schedule. */
  readonly epochMs: Millis;
  /** How much faster than the wall clock the mutation schedule and the TTLs run. Default 1. */
  readonly timeScale: number;
  readonly listen: { readonly host: string; readonly port: number; readonly controlPort: number };
  /** How to reach the origin of another service: the pod's own sidecar, or the peer itself without a mesh. */
  readonly outbound:
    | { readonly kind: 'sidecar'; readonly host: string; readonly port: number }
    | {
        readonly kind: 'direct';
        readonly peers: readonly { readonly host: string; readonly port: number }[];
      };
  readonly sharedRedis: { readonly host: string; readonly port: number };
  readonly sidecarRedis: {
    readonly host: string;
    readonly port: number;
    /** Path of its Unix socket, where it opens one. */
    readonly unixSocket?: string;
  };
  /** See `ReadPathContext`. */
  readonly containerSocket?: string;
  readonly sharedMemoryFile?: string;
  /** The sidecar's way out that caches, and the folder it caches in; absent where it has none. */
  readonly proxyCache?: { readonly host: string; readonly port: number; readonly folder: string };
}

/*
 * Data port (through the mesh):
 *   GET /request/<requestType>?k=<key,key,…>   an inbound request; 200 with {"reads":n}
 *   GET /data/<domain>/<id>                    an origin's answer: the stamped value as JSON, ETag = version,
 *                                              Last-Modified, Cache-Control: max-age=<ttl>
 * Through a sidecar the Host header names the peer: `svc-31.mesh`.
 *
 * Control port (never through the mesh, plain HTTP):
 *   GET  /ready                                200 once it serves
 *   POST /scenario        {"name": string}     switches the read path; 200 when the new one is connected
 *   POST /clear                                empties the current read path's cache
 *   POST /block/start                          zeroes the recorders
 *   POST /block/stop                           answers a PodBlock
 *   GET  /hits                                 answers HitCounts since /block/start (cheap, for warm-up)
 *   POST /memory                               collects garbage, answers PodMemory
 */

/** An HDR histogram of nanoseconds (hdr-histogram-js V2, compressed, base64); null when it has no sample. */
export type EncodedHistogram = string | null;

export interface HitCounts {
  readonly reads: Count;
  /** Reads answered without asking the origin. */
  readonly hits: Count;
}

/** Reads whose key an earlier value of the request named, and that no cache answered at once. */
export interface ChainedMissCounts {
  readonly all: Count;
  /** Of those: the first of their kind that this pod met, for which no load had begun. */
  readonly firstOfKind: Count;
  /** Of the others: no load had begun, and the value named keys of several owners, in different requests. */
  readonly ambiguous: Count;
  /** Of the rest: asked for sooner after the value that named them than their own load took. */
  readonly shortPause: Count;
}

/** What one pod recorded during one block. */
export interface PodBlock {
  readonly service: number;
  readonly requests: Count;
  readonly errors: Count;
  /** The first of them in words, when there was one. */
  readonly firstError: string | null;
  /** Per read outcome. `l1` comes from `l1Batch` sampling of whole requests, see `l1PerRead`. */
  readonly readsByOutcome: Readonly<
    Record<string, { readonly count: Count; readonly latencyNs: EncodedHistogram }>
  >;
  /**
   * Synchronous hits, timed as the request met them: all synchronous tries of one request between two clock
   * readings, less the clock's cost, divided by their number. One sample for each request whose tries all hit.
   */
  readonly l1PerReadNs: EncodedHistogram;
  /** The same keys read again in batches of 128 between two clock readings, at the end of the block. */
  readonly l1BatchNs: EncodedHistogram;
  readonly timerCostNs: Nanos;
  /** Latency of whole reads, whatever the outcome, and of all reads of a request together. */
  readonly allReadsNs: EncodedHistogram;
  readonly readsOfRequestNs: EncodedHistogram;
  readonly staleReads: Count;
  /** Age of the staleness: now less the first change that the served value missed. */
  readonly staleAgeNs: EncodedHistogram;
  readonly originServed: Count;
  readonly redisCommands: Count;
  readonly cpuUserUs: number;
  readonly cpuSystemUs: number;
  readonly eventLoopDelayNs: EncodedHistogram;
  readonly gcPauseNs: EncodedHistogram;
  readonly contents: CacheContents;
  /** Loads on a guess in this block; null where the read path never guesses. */
  readonly prefetches: PrefetchCounts | null;
  /** Reads as a preloaded cache counted them in this block; null where none is at work. */
  readonly coverage: {
    readonly hits: Count;
    readonly misses: Count;
    /** Waited for another caller's answer. */
    readonly shared: Count;
    /** Allowed, but not the cache's to answer. */
    readonly bypass: Count;
    readonly faults: Count;
  } | null;
  /** Reads whose key an earlier value of the request named, and that no cache answered at once. */
  readonly chainedMisses: ChainedMissCounts;
}

export interface PodMemory {
  readonly heapUsedBytes: Bytes;
  readonly heapTotalBytes: Bytes;
  readonly externalBytes: Bytes;
  readonly arrayBuffersBytes: Bytes;
  readonly rssBytes: Bytes;
  readonly contents: CacheContents;
}
