import { InputError } from './input-error.ts';
import type { ReadPath, ReadPathContext } from './read-path.ts';

/** What a scenario needs beside its pods' programs; `pod-…`: one in every pod. */
export type Need =
  | 'nothing'
  | 'shared-redis'
  | 'pod-redis'
  | 'pod-container'
  | 'pod-shared-memory'
  | 'pod-proxy-cache'
  | 'preload';

/** One way to answer reads, as a user chooses it. */
export interface Scenario {
  readonly name: string;
  /** One plain sentence for the report. */
  readonly description: string;
  readonly needs: Need;
  /** Whose cache it is: this project's, or somebody else's, none among them. */
  readonly made: 'ours' | 'others';
  /** Makes the read path inside a pod, connected and ready. */
  open(context: ReadPathContext): Promise<ReadPath>;
}

/** Every scenario there is, in the order of a full report; each lives in the folder of its name. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'no-cache',
    description: 'Every read asks the owning service through the mesh.',
    needs: 'nothing',
    made: 'others',
    open: async (context) => (await import('./no-cache/read-path.ts')).open(context),
  },
  {
    name: 'shared-redis',
    description: 'Cache-aside on one Redis that all pods share.',
    needs: 'shared-redis',
    made: 'others',
    open: async (context) => (await import('./shared-redis/read-path.ts')).open(context),
  },
  {
    name: 'redis-sidecar',
    description: 'Cache-aside on a Redis of the pod’s own, over loopback.',
    needs: 'pod-redis',
    made: 'others',
    open: async (context) => (await import('./redis-sidecar/read-path.ts')).open(context),
  },
  {
    name: 'in-process-l1',
    description: 'The l1-cache library inside the application process, with prediction and learned TTLs.',
    needs: 'nothing',
    made: 'ours',
    open: async (context) => (await import('./in-process-l1/read-path.ts')).open(context),
  },
  {
    name: 'l1-passive',
    description: 'The l1-cache library as a store only: no prediction, learned TTL or fleet.',
    needs: 'nothing',
    made: 'ours',
    open: async (context) => (await import('./l1-passive/read-path.ts')).open(context),
  },
  {
    name: 'l1-prewarm',
    description: 'The l1-cache library with prediction alone.',
    needs: 'nothing',
    made: 'ours',
    open: async (context) => (await import('./l1-prewarm/read-path.ts')).open(context),
  },
  {
    name: 'l1-learned-ttl',
    description: 'The l1-cache library with learned TTLs alone.',
    needs: 'nothing',
    made: 'ours',
    open: async (context) => (await import('./l1-learned-ttl/read-path.ts')).open(context),
  },
  {
    name: 'l1-fleet',
    description:
      'The l1-cache library with everything on, signals between pods over the shared Redis included.',
    needs: 'shared-redis',
    made: 'ours',
    open: async (context) => (await import('./l1-fleet/read-path.ts')).open(context),
  },
  {
    name: 'redis-sidecar-unix',
    description: 'Cache-aside on a Redis of the pod’s own, over a Unix socket.',
    needs: 'pod-redis',
    made: 'others',
    open: async (context) => (await import('./redis-sidecar-unix/read-path.ts')).open(context),
  },
  {
    name: 'l1-container',
    description: 'Cache-aside on the l1-cache library as a process of the pod’s own, over a Unix socket.',
    needs: 'pod-container',
    made: 'ours',
    open: async (context) => (await import('./l1-container/read-path.ts')).open(context),
  },
  {
    name: 'l1-shared-memory',
    description: 'A cache in memory that all processes of the pod read, prepared before they start.',
    needs: 'pod-shared-memory',
    made: 'ours',
    open: async (context) => (await import('./l1-shared-memory/read-path.ts')).open(context),
  },
  {
    name: 'l1-transparent',
    description: 'The program of no-cache, unchanged, with l1-cache loaded through NODE_OPTIONS.',
    needs: 'preload',
    made: 'ours',
    open: async (context) => (await import('./l1-transparent/read-path.ts')).open(context),
  },
  {
    name: 'redis-client-cache',
    description: 'The shared Redis with RESP3 client-side caching in node-redis.',
    needs: 'shared-redis',
    made: 'others',
    open: async (context) => (await import('./redis-client-cache/read-path.ts')).open(context),
  },
  {
    name: 'bentocache',
    description: 'Bentocache: memory over the shared Redis, with a Redis bus.',
    needs: 'shared-redis',
    made: 'others',
    open: async (context) => (await import('./bentocache/read-path.ts')).open(context),
  },
  {
    name: 'envoy-cache',
    description: 'The program of no-cache, its reads through the HTTP cache filter of the pod’s own Envoy.',
    needs: 'pod-proxy-cache',
    made: 'others',
    open: async (context) => (await import('./envoy-cache/read-path.ts')).open(context),
  },
];

/** The scenarios of the main comparison; the first is what the others are measured against. */
export const DEFAULT_SCENARIOS: readonly string[] = [
  'shared-redis',
  'in-process-l1',
  'redis-sidecar',
  'no-cache',
];

/** @throws {InputError} `SCENARIO_UNKNOWN` with the names there are. */
export function scenarioOf(name: string): Scenario {
  const scenario = SCENARIOS.find((known) => known.name === name);
  if (scenario !== undefined) return scenario;
  throw new InputError(
    'SCENARIO_UNKNOWN',
    `there is no scenario called ${name}`,
    `choose from: ${SCENARIOS.map((known) => known.name).join(', ')}`,
  );
}
