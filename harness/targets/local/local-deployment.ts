import { availableParallelism } from 'node:os';
import type { Launch, MemoryReading } from '../../../reports/schema.ts';
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
import { cachesInProxies, PodCaches } from './pod-caches.ts';
import { type PodProcess, startPod } from './pod-process.ts';
import { needsPreload, type PreloadEnv, preloadEnv } from './preload.ts';
import { startRedis } from './redis-server.ts';
import { RunningParts } from './running-parts.ts';
import { startSidecars } from './sidecars.ts';
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
 * to no pod and is in neither. PodCaches says when what stands in the pods starts and ends.
 */
export class LocalDeployment implements Deployment {
  readonly #options: LocalDeploymentOptions;
  readonly #parts = new RunningParts();
  readonly #control = new ControlClient();
  #pods: readonly PodProcess[] = [];
  #sharedRedis: OwnedProcess | null = null;
  /** One a pod; null without a mesh. */
  #sidecars: readonly OwnedProcess[] | null = null;
  readonly #podCaches: PodCaches;
  /** Made when a scenario first needs it. */
  #preload: Promise<PreloadEnv> | undefined;
  #scenario: string | null = null;

  constructor(options: LocalDeploymentOptions) {
    this.#options = options;
    this.#podCaches = new PodCaches({
      ...options,
      parts: this.#parts,
      pods: options.plan.topology.services,
      budgetBytes: options.plan.budgetBytes,
      proxies: cachesInProxies(options.plan) ? 'caching' : 'plain',
      label: 'pod',
      atOnce: STARTING_AT_ONCE,
    });
  }

  get died(): Promise<never> {
    return this.#parts.died;
  }

  async start(signal?: AbortSignal): Promise<void> {
    const { plan, run, redisExecutable, endpoints } = this.#options;
    this.#sharedRedis = this.#parts.add(
      await startRedis(run, redisExecutable, {
        name: 'shared-redis',
        endpoint: endpoints.sharedRedis,
        maxMemoryBytes: plan.budgetBytes * plan.topology.services.length,
      }),
    );
    const starting = [
      plan.mesh === 'envoy' ? this.#startSidecars(signal) : null,
      this.#startPods(this.#everyService, plan.scenarios ?? [], signal),
    ] as const;
    // Whichever fails, the other must not go on starting while what stands is taken down.
    await Promise.allSettled(starting);
    [this.#sidecars, this.#pods] = await Promise.all(starting);
  }

  ingress = (service: number): ReturnType<Deployment['ingress']> => ({
    ...(this.#isMeshed ? this.#options.endpoints.gateway : this.#endpointsOf(service).app),
    hostHeader: `${this.#options.plan.topology.services[service]?.name}.mesh`,
  });

  async useScenario(name: string): Promise<void> {
    await this.#podCaches.bring(name);
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
    const pids = this.#parts.running.map(({ pid }) => pid);
    const used = await cpuUsedUs(pids);
    const usedBy = new Map(pids.map((pid, i) => [pid, used[i]!]));
    const usedUs = (parts: readonly OwnedProcess[]): number =>
      parts.reduce((sum, { pid }) => sum + (usedBy.get(pid) ?? 0), 0);
    return {
      appUs: usedUs(this.#pods),
      proxyUs: this.#sidecars === null ? null : usedUs(this.#sidecars),
      redisUs: usedUs(this.#scenario === null ? [] : this.#serversOf(this.#scenario)),
      allUs: used.reduce((sum, us) => sum + us, 0),
    };
  }

  async memory(scenario: string, services = this.#everyService): Promise<MemoryReading> {
    await this.#podCaches.leaveOnly(scenario);
    const podMemory = (await this.#post('/memory')) as readonly PodMemory[];
    return readMeshMemory(scenario, {
      pods: services.map((service) => ({
        service,
        app: this.#pods[service]!,
        memory: podMemory[service]!,
        proxy: this.#sidecars?.[service] ?? null,
        cache: this.#podCaches.of(scenario, service),
      })),
      shared:
        scenarioOf(scenario).needs === 'shared-redis'
          ? { redis: this.#sharedRedis!, endpoint: this.#options.endpoints.sharedRedis }
          : null,
    });
  }

  launch(service: number): Launch {
    return this.#pods[service]!.launch;
  }

  async restartPods(services = this.#everyService, scenario = this.#scenario): Promise<void> {
    await this.#parts.stop(services.map((service) => this.#pods[service]!));
    const fresh = await this.#startPods(services, scenario === null ? [] : [scenario]);
    this.#pods = this.#pods.map((pod, service) => fresh[services.indexOf(service)] ?? pod);
    if (scenario !== null) await this.useScenario(scenario);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts[Symbol.asyncDispose]();
    this.#podCaches[Symbol.dispose]();
    await this.#control[Symbol.asyncDispose]();
  }

  /** Servers of other scenarios stand idle in the same mesh; they are not what this one costs. */
  #serversOf(scenario: string): readonly OwnedProcess[] {
    return scenarioOf(scenario).needs === 'shared-redis'
      ? [this.#sharedRedis!]
      : this.#podCaches.processesOf(scenario);
  }

  get #everyService(): readonly number[] {
    return this.#options.plan.topology.services.map(({ index }) => index);
  }

  async #startPods(
    services: readonly number[],
    scenarios: readonly string[],
    signal?: AbortSignal,
  ): Promise<readonly PodProcess[]> {
    const { run, bundle } = this.#options;
    const env = needsPreload(scenarios) ? await this.#preloadEnv() : () => ({});
    return eachBounded(services, STARTING_AT_ONCE, async (index) => {
      const pod = this.#parts.add(await startPod(run, bundle, this.#podConfig(index), env(index)));
      await waitUntilReady(pod, () => this.#control.isReady(this.#endpointsOf(index).control));
      signal?.throwIfAborted();
      return pod;
    });
  }

  #preloadEnv(): Promise<PreloadEnv> {
    this.#preload ??= preloadEnv(this.#options.run, this.#options.plan);
    return this.#preload;
  }

  #startSidecars(signal?: AbortSignal): Promise<readonly OwnedProcess[]> {
    const { run, envoyExecutable, plan, endpoints } = this.#options;
    if (envoyExecutable === null) throw new Error('A plan with mesh "envoy" needs the path of an Envoy.');
    return startSidecars({
      run,
      envoyExecutable,
      topology: plan.topology,
      endpoints,
      cacheFilesOf: (service) => this.#podCaches.proxyFiles(service),
      atOnce: STARTING_AT_ONCE,
      onStarted: (proxy) => this.#parts.add(proxy),
      signal,
    });
  }

  #podConfig(serviceIndex: number): PodConfig {
    const { plan, endpoints } = this.#options;
    const { app, control, outbound, sharedRedisProxy } = this.#endpointsOf(serviceIndex);
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
      ...this.#podCaches.addresses(serviceIndex),
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
