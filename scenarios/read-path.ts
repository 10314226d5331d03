import type { Bytes, Clock, Count, Millis } from 'l1-cache';
import type { DomainName } from './topology/topology.ts';

/** Where the answer of one read came from. */
export type ReadOutcome = 'l1' | 'redis' | 'container' | 'proxy' | 'origin';

/** A value as the origin stamped it. */
export interface Stamped {
  readonly version: number;
  /** When this version came to be, milliseconds since 1970; most records of a database carry such a field. */
  readonly updatedAt?: number;
  /** The field of a session that names the profile read next; absent in other domains. */
  readonly userId?: number;
  readonly [field: string]: unknown;
}

/** One data lookup: `price.31:4711` is key 4711 of the prices that service 31 owns. */
export interface ReadKey {
  readonly domain: DomainName;
  readonly owner: number;
  readonly id: number;
}

export interface ReadResult {
  readonly value: Stamped;
  readonly outcome: ReadOutcome;
}

/**
 * How a pod answers reads. One folder under `scenarios/` holds one implementation and its README.
 * `readNow` answers synchronously where the path can (an in-process hit); everything else goes through `read`.
 */
export interface ReadPath extends AsyncDisposable {
  readNow(key: string): Stamped | undefined;
  read(key: string, at: ReadKey): Promise<ReadResult>;
  /** What the path's cache holds now, for the memory report; zero where it holds nothing in this process. */
  contents(): CacheContents;
  /** Makes reads for a measurement, unheard by whatever learns from reads; absent where nothing learns. */
  quietly?(reads: () => void): Promise<void>;
  /** What the path loaded on a guess since it was opened; absent where it never guesses. */
  prefetches?(): PrefetchCounts;
  /** Forgets everything cached, so that a cold start can be measured. */
  clear(): Promise<void>;
}

/** What became of loads that nobody had asked for yet. */
export interface PrefetchCounts {
  readonly fetched: Count;
  /** Read later, and ready by then. */
  readonly timely: Count;
  /** Read while still loading: the read waited for the rest of the load. */
  readonly late: Count;
  /** Not read while the guess held. */
  readonly unused: Count;
}

export interface CacheContents {
  readonly entries: number;
  /** Bytes of keys and values as the application sees them, without any overhead. */
  readonly payloadBytes: Bytes;
  /** Bytes charged against the budget; equal to payload where the cache does no accounting. */
  readonly chargedBytes: Bytes;
}

/** What a read path is made from; the service program provides it. */
export interface ReadPathContext {
  readonly serviceIndex: number;
  readonly budgetBytes: Bytes;
  /** Fetches from the owning service through the mesh. */
  readonly fetchFromOrigin: (at: ReadKey) => Promise<Stamped>;
  /** The same, telling who answered in the owner's place, if anybody did. Default: nobody does. */
  readonly ask?: (at: ReadKey) => Promise<ReadResult>;
  /** The hand-set TTL of a domain, in wall-clock time. */
  readonly ttlMs: (domain: DomainName) => Millis;
  /** To be told of every command sent to a Redis, for the count in the report. */
  readonly countRedisCommands: (count: Count) => void;
  /** The shared server as this pod reaches it (through its sidecar when there is one). */
  readonly sharedRedis: { readonly host: string; readonly port: number } | null;
  /** The pod's own server. */
  readonly sidecarRedis: {
    readonly host: string;
    readonly port: number;
    /** Path of its Unix socket, where it opens one. */
    readonly unixSocket?: string;
  } | null;
  /** Path of the Unix socket of the pod's own cache container; absent where none runs. */
  readonly containerSocket?: string;
  /** File in memory that was prepared for the processes of the pod; absent where none was. */
  readonly sharedMemoryFile?: string;
  /** The pod's proxy as a cache: asks through it, and the folder that it keeps answers in; absent where it is none. */
  readonly proxyCache?: {
    readonly ask: (at: ReadKey) => Promise<ReadResult>;
    readonly folder: string;
  };
  /** Milliseconds since 1970 that never go backwards, for simulations; absent, the machine's clocks. */
  readonly clock?: Clock;
  /** The pods that exchange signals with this one; absent where none do. */
  readonly fleet?: {
    readonly self: string;
    readonly members: readonly string[];
    /** The same in all pods of a run, at least 16 bytes. */
    readonly secret: Uint8Array;
  };
}
