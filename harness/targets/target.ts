import type { Bytes, Millis } from 'l1-cache';
import type { Launch, MemoryReading } from '../../reports/schema.ts';
import type { HitCounts, PodBlock } from '../../scenarios/service/protocol.ts';
import type { Topology } from '../../scenarios/topology/topology.ts';

export type Mesh = 'envoy' | 'none';

/** What a target needs to stand up a mesh. */
export interface DeployPlan {
  readonly runId: string;
  readonly topology: Topology;
  readonly seed: number;
  readonly fanOut: 'parallel' | 'sequential';
  readonly budgetBytes: Bytes;
  readonly epochMs: Millis;
  readonly timeScale: number;
  readonly mesh: Mesh;
  /** Scenarios that will be used: what must be there when a pod starts, starts with it. Default: none such. */
  readonly scenarios?: readonly string[];
}

/** A place to run. Standing up is journalled; disposal leaves nothing. */
export interface Target {
  /** Resolves when every pod serves; rejects with the signal's reason, leaving nothing, once it is aborted. */
  deploy(plan: DeployPlan, signal?: AbortSignal): Promise<Deployment>;
}

/** A standing mesh. Disposing stops everything it started. */
export interface Deployment extends AsyncDisposable {
  /** Where the load generator sends requests for a service (the ingress gateway under a mesh). */
  readonly ingress: (service: number) => {
    readonly host: string;
    readonly port: number;
    readonly hostHeader: string;
  };
  /** Switches the read path of every pod; starts or stops what the scenario needs beside the pods. */
  useScenario(name: string): Promise<void>;
  clearCaches(): Promise<void>;
  startBlock(): Promise<void>;
  stopBlock(): Promise<readonly PodBlock[]>;
  hits(): Promise<HitCounts>;
  /** CPU time spent so far by each part of all pods, microseconds; of the servers, those that the scenario uses. */
  cpu(): Promise<{
    readonly appUs: number;
    readonly proxyUs: number | null;
    readonly redisUs: number | null;
    /** Of everything that the mesh started, whichever scenario uses it. */
    readonly allUs: number;
  }>;
  /** The balance sheet of the given pods; default all. */
  memory(scenario: string, services?: readonly number[]): Promise<MemoryReading>;
  /**
   * Replaces the application processes of the given pods, default all, with fresh, empty ones, started as for this
   * scenario alone; default: the one in use. Sidecars stay.
   */
  restartPods(services?: readonly number[], scenario?: string): Promise<void>;
  /** How the application process of a pod was started last. */
  launch(service: number): Launch;
  /** Rejects with a `PodDiedError` when anything of the mesh dies; never resolves. */
  readonly died: Promise<never>;
}
