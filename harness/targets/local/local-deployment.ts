import { availableParallelism } from 'node:os';
import type { MemoryReading } from '../../../reports/schema.ts';
import { scenarioOf } from '../../../scenarios/catalogue.ts';
import type { HitCounts, PodBlock, PodConfig, PodMemory } from '../../../scenarios/service/protocol.ts';
import type { OwnedProcess } from '../../journal/owned-process.ts';
import type { OwnedRun } from '../../journal/owned-run.ts';
import { cpuUsedUs } from '../../machine/process-cpu.ts';
import type { Deployment, DeployPlan } from '../target.ts';
import { ControlClient } from './control-client.ts';
import { eachBounded } from './each-bounded.ts';
import type { Endpoint, MeshEndpoints } from './endpoints.ts';
import { readMeshMemory } from './mesh-memory.ts';
import { startPod } from './pod-process.ts';
import { startRedis } from './redis-server.ts';
import { RunningParts } from './running-parts.ts';
import { type Sidecars, startSidecars } from './sidecars.ts';
import { waitUntilReady } from './wait-until.ts';

/** Starting more at once than this makes each slower and all no sooner. */
const STARTING_AT_ONCE = availableParallelism() * 2;

export interface LocalDeploymentOptions {
  readonly run: OwnedRun;
  readonly redisExecutable: string;
  readonly envoyExecutable: string | null;
  readonly plan: DeployPlan;
  readonly endpoints: MeshEndpoints;
  /** Path of the bundled service program. */
  readonly bundle: string;
}

/**
 * A mesh of processes on this machine. CPU and memory of the proxies are those of the sidecars; the gateway belongs
 * to no pod and is in neither. A Redis in every pod starts with the first scenario that needs it and runs until the
 * memory of a scenario without it is read, so that interleaved blocks find their caches as they left them.
 */
export class LocalDeployment implements Deployment {
  readonly #options: LocalDeploymentOptions;
  readonly #parts = new RunningParts();
  readonly #control = new ControlClient();
  #pods: readonly OwnedProcess[] = [];
  #sharedRedis: OwnedProcess | null = null;
  /** Null without a mesh. */
  #sidecars: Sidecars | null = null;
  /** One a pod while a scenario needs them, else none. */
  #podRedis: readonly OwnedProcess[] = [];
  #scenario: string | null = null;

  constructor(options: LocalDeploymentOptions) {
    this.#options = options;
  }

  get died(): Promise<never> {
    return this.#parts.died;
  }

  async start(onProgress: (ready: number, all: number) => void): Promise<void> {
    const { plan, run, redisExecutable, endpoints } = this.#options;
    const pods = plan.topology.services.length;
    const programsAPod = this.#isMeshed ? 2 : 1;
    let started = 0;
    const onStarted = (): void => {
      started += 1;
      onProgress(Math.floor(started / programsAPod), pods);
    };
    this.#sharedRedis = this.#parts.add(
      await startRedis(run, redisExecutable, {
        name: 'shared-redis',
        endpoint: endpoints.sharedRedis,
        maxMemoryBytes: plan.budgetBytes * plan.topology.services.length,
      }),
    );
    [this.#sidecars, this.#pods] = await Promise.all([
      plan.mesh === 'envoy' ? this.#startSidecars(onStarted) : null,
      this.#startPods(this.#everyService, onStarted),
    ]);
  }

  ingress = (service: number): ReturnType<Deployment['ingress']> => ({
    ...(this.#isMeshed ? this.#options.endpoints.gateway : this.#endpointsOf(service).app),
    hostHeader: `${this.#options.plan.topology.services[service]?.name}.mesh`,
  });

  async useScenario(name: string): Promise<void> {
    if (scenarioOf(name).redis === 'sidecar' && this.#podRedis.length === 0) await this.#startPodRedis();
    await this.#post('/scenario', { name });
    this.#scenario = name;
  }

  async clearCaches(): Promise<void> {
    await this.#post('/clear');
  }

  async startBlock(): Promise<void> {
    await this.#post('/block/start');
  }

  async stopBlock(): Promise<readonly PodBlock[]> {
    return (await this.#post('/block/stop')) as readonly PodBlock[];
  }

  async hits(): Promise<HitCounts> {
    const pods = (await Promise.all(
      this.#controls.map((control) => this.#control.get(control, '/hits')),
    )) as readonly HitCounts[];
    return {
      reads: pods.reduce((sum, { reads }) => sum + reads, 0),
      hits: pods.reduce((sum, { hits }) => sum + hits, 0),
    };
  }

  async cpu(): ReturnType<Deployment['cpu']> {
    const usedUs = async (parts: readonly OwnedProcess[]): Promise<number> =>
      (await cpuUsedUs(parts.map(({ pid }) => pid))).reduce((sum, used) => sum + used, 0);
    const redis = this.#sharedRedis === null ? this.#podRedis : [this.#sharedRedis, ...this.#podRedis];
    const [appUs, redisUs, proxyUs] = await Promise.all([
      usedUs(this.#pods),
      usedUs(redis),
      this.#sidecars === null ? null : usedUs(this.#sidecars.pods),
    ]);
    return { appUs, proxyUs, redisUs };
  }

  async memory(scenario: string, services = this.#everyService): Promise<MemoryReading> {
    const { redis } = scenarioOf(scenario);
    if (redis !== 'sidecar') {
      await this.#parts.stop(this.#podRedis);
      this.#podRedis = [];
    }
    const podMemory = (await this.#post('/memory')) as readonly PodMemory[];
    return readMeshMemory(scenario, {
      pods: services.map((service) => ({
        service,
        app: this.#pods[service]!,
        memory: podMemory[service]!,
        proxy: this.#sidecars?.pods[service] ?? null,
        redis: this.#podRedis[service] ?? null,
        redisEndpoint: this.#endpointsOf(service).redis,
      })),
      shared:
        redis === 'shared'
          ? { redis: this.#sharedRedis!, endpoint: this.#options.endpoints.sharedRedis }
          : null,
    });
  }

  async restartPods(services = this.#everyService): Promise<void> {
    await this.#parts.stop(services.map((service) => this.#pods[service]!));
    const fresh = await this.#startPods(services, () => {});
    this.#pods = this.#pods.map((pod, service) => fresh[services.indexOf(service)] ?? pod);
    if (this.#scenario !== null) await this.#post('/scenario', { name: this.#scenario });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts[Symbol.asyncDispose]();
    await this.#control[Symbol.asyncDispose]();
  }

  get #everyService(): readonly number[] {
    return this.#options.plan.topology.services.map(({ index }) => index);
  }

  #startPods(services: readonly number[], onReady: () => void): Promise<readonly OwnedProcess[]> {
    const { run, bundle } = this.#options;
    return eachBounded(services, STARTING_AT_ONCE, async (index) => {
      const pod = this.#parts.add(await startPod(run, bundle, this.#podConfig(index)));
      await waitUntilReady(pod, () => this.#control.isReady(this.#endpointsOf(index).control));
      onReady();
      return pod;
    });
  }

  #startSidecars(onReady: () => void): Promise<Sidecars> {
    const { run, envoyExecutable, plan, endpoints } = this.#options;
    if (envoyExecutable === null) throw new Error('A plan with mesh "envoy" needs the path of an Envoy.');
    return startSidecars({
      run,
      envoyExecutable,
      topology: plan.topology,
      endpoints,
      atOnce: STARTING_AT_ONCE,
      onStarted: (proxy) => this.#parts.add(proxy),
      onReady,
    });
  }

  async #startPodRedis(): Promise<void> {
    const { run, redisExecutable, plan } = this.#options;
    this.#podRedis = await eachBounded(plan.topology.services, STARTING_AT_ONCE, async ({ index, name }) =>
      this.#parts.add(
        await startRedis(run, redisExecutable, {
          name: `${name}-redis`,
          endpoint: this.#endpointsOf(index).redis,
          unixSocket: unixSocketOf(index),
          maxMemoryBytes: plan.budgetBytes,
        }),
      ),
    );
  }

  #podConfig(serviceIndex: number): PodConfig {
    const { plan, endpoints } = this.#options;
    const { app, control, redis, outbound, sharedRedisProxy } = this.#endpointsOf(serviceIndex);
    return {
      runId: plan.runId,
      serviceIndex,
      seed: plan.seed,
      topology: plan.topology,
      fanOut: plan.fanOut,
      budgetBytes: plan.budgetBytes,
      epochMs: plan.epochMs,
      timeScale: plan.timeScale,
      listen: { ...app, controlPort: control.port },
      outbound: this.#isMeshed
        ? { kind: 'sidecar', ...outbound }
        : { kind: 'direct', peers: endpoints.pods.map((pod) => pod.app) },
      sharedRedis: this.#isMeshed ? sharedRedisProxy : endpoints.sharedRedis,
      sidecarRedis: { ...redis, unixSocket: unixSocketOf(serviceIndex) },
    };
  }

  get #isMeshed(): boolean {
    return this.#options.plan.mesh === 'envoy';
  }

  get #controls(): readonly Endpoint[] {
    return this.#options.endpoints.pods.map(({ control }) => control);
  }

  #post(path: string, content?: object): Promise<readonly unknown[]> {
    return Promise.all(this.#controls.map((control) => this.#control.post(control, path, content)));
  }

  #endpointsOf(service: number): MeshEndpoints['pods'][number] {
    const endpoints = this.#options.endpoints.pods[service];
    if (endpoints === undefined) throw new Error(`The mesh has no service ${service}.`);
    return endpoints;
  }
}

/**
 * The Unix socket of a pod's Redis, as seen from the run's folder, where both ends run: a full path may be longer
 * than the 107 bytes that a socket's name may have.
 */
function unixSocketOf(service: number): string {
  return `redis-${service}.sock`;
}
