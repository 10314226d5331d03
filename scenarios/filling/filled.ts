import type { Bytes, Count } from 'l1-cache';
import type { ReadPathContext } from '../read-path.ts';

/** What the filling program is told. */
export interface FillingPlan {
  readonly scenario: string;
  /** Keys and values to load before anything is read off. */
  readonly firstBytes: Bytes;
  /** Keys and values to load then, as the application sees them. */
  readonly payloadBytes: Bytes;
  /** Must leave room for all of it, or the difference measures eviction. */
  readonly budgetBytes: Bytes;
  /** The caches that the scenario may use, standing or not. */
  readonly caches: Pick<
    ReadPathContext,
    'sharedRedis' | 'sidecarRedis' | 'containerSocket' | 'sharedMemoryFile'
  >;
}

export interface Filled {
  readonly state: 'begun' | 'full';
  /** Without the first ones. */
  readonly payloadBytes: Bytes;
  readonly entries: Count;
}
