import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Bytes } from 'l1-cache';
import { prepareSharedMemory, removeSharedMemory } from 'l1-cache/shared-memory';
import type { HttpCacheFiles } from '../../../manifests/envoy/http-cache.ts';
import { type Need, scenarioOf } from '../../../scenarios/catalogue.ts';
import type { PodConfig } from '../../../scenarios/service/protocol.ts';
import type { OwnedProcess } from '../../journal/owned-process.ts';
import { memoryFolderOf, type OwnedRun } from '../../journal/owned-run.ts';
import type { DeployPlan } from '../target.ts';
import { bundleContainer, startContainer } from './cache-container.ts';
import { eachBounded } from './each-bounded.ts';
import type { Endpoint, MeshEndpoints } from './endpoints.ts';
import { startRedis } from './redis-server.ts';
import type { RunningParts } from './running-parts.ts';

/** Larger than the 4 KiB of the default, as values are up to 16 KiB here. */
const BUCKET_BYTES = 16 * 1024;

type PodNeed = Extract<Need, `pod-${string}`>;

/** What one pod has beside its program: a server of its own, or a file in memory. */
export type PodCache =
  | { readonly kind: 'redis' | 'container'; readonly process: OwnedProcess; readonly endpoint: Endpoint }
  | { readonly kind: 'shared-memory'; readonly file: string }
  | { readonly kind: 'proxy-files'; readonly folder: string };

export interface PodCachesOptions {
  readonly run: OwnedRun;
  readonly parts: RunningParts;
  readonly redisExecutable: string;
  readonly pods: readonly { readonly index: number; readonly name: string }[];
  readonly budgetBytes: Bytes;
  readonly endpoints: Pick<MeshEndpoints, 'pods'>;
  /** Whether the pods have proxies that cache on a way of their own. */
  readonly proxies: 'caching' | 'plain';
  /** Begins the names of sockets and files; unique in the run. */
  readonly label: string;
  readonly atOnce: number;
}

/**
 * The caches that stand in the pods beside the programs. They start with the first scenario that needs them and stay
 * until the memory of a scenario without them is read, so that interleaved blocks find them as they left them.
 */
export class PodCaches implements Disposable {
  readonly #options: PodCachesOptions;
  readonly #standing = new Map<PodNeed, readonly PodCache[]>();

  constructor(options: PodCachesOptions) {
    this.#options = options;
  }

  /** Stands up what the scenario needs in the pods, if it is not there yet. */
  async bring(scenario: string): Promise<void> {
    const need = podNeedOf(scenario);
    if (need === null || this.#standing.has(need)) return;
    // Proxies start before the programs, or not at all; a program that looks for one in vain says so.
    if (need === 'pod-proxy-cache' && this.#options.proxies === 'plain') return;
    const program = need === 'pod-container' ? await bundleContainer(this.#options.run) : '';
    this.#standing.set(
      need,
      await eachBounded(this.#options.pods, this.#options.atOnce, ({ index, name }) =>
        this.#start(need, index, name, program),
      ),
    );
  }

  /** Takes away what this scenario does not need. */
  async leaveOnly(scenario: string): Promise<void> {
    const kept = podNeedOf(scenario);
    for (const [need, caches] of this.#standing) {
      if (need === kept) continue;
      this.#standing.delete(need);
      await this.#options.parts.stop(processesOf(caches));
      removeFiles(caches);
    }
  }

  /** What this scenario has in one pod; null where it has nothing. */
  of(scenario: string, service: number): PodCache | null {
    const need = podNeedOf(scenario);
    return need === null ? null : (this.#standing.get(need)?.[service] ?? null);
  }

  /** The servers of this scenario in all pods. */
  processesOf(scenario: string): readonly OwnedProcess[] {
    const need = podNeedOf(scenario);
    return need === null ? [] : processesOf(this.#standing.get(need) ?? []);
  }

  /** What the proxy of a pod may keep, and where; null where none caches. */
  proxyFiles(service: number): HttpCacheFiles | null {
    const { run, label, proxies, budgetBytes } = this.#options;
    if (proxies === 'plain') return null;
    return { folder: join(memoryFolderOf(run), `${label}-${service}-answers`), capBytes: budgetBytes };
  }

  /** Where the program of a pod finds them, standing or not. */
  addresses(
    service: number,
  ): Pick<PodConfig, 'sidecarRedis' | 'containerSocket' | 'sharedMemoryFile' | 'proxyCache'> {
    const files = this.proxyFiles(service);
    return {
      ...(files !== null && {
        proxyCache: { ...this.#options.endpoints.pods[service]!.cachedOutbound, folder: files.folder },
      }),
      sidecarRedis: {
        ...this.#options.endpoints.pods[service]!.redis,
        unixSocket: this.#socketOf('redis', service),
      },
      containerSocket: this.#socketOf('l1', service),
      sharedMemoryFile: this.#fileOf(service),
    };
  }

  [Symbol.dispose](): void {
    removeFiles([...this.#standing.values()].flat());
  }

  async #start(need: PodNeed, service: number, name: string, program: string): Promise<PodCache> {
    const { run, parts, redisExecutable, budgetBytes, endpoints } = this.#options;
    switch (need) {
      case 'pod-redis': {
        const endpoint = endpoints.pods[service]!.redis;
        const server = await startRedis(run, redisExecutable, {
          name: `${name}-redis`,
          endpoint,
          unixSocket: this.#socketOf('redis', service),
          maxMemoryBytes: budgetBytes,
        });
        return { kind: 'redis', process: parts.add(server), endpoint };
      }
      case 'pod-container': {
        const endpoint = endpoints.pods[service]!.container;
        const server = await startContainer(run, program, {
          name: `${name}-l1-container`,
          endpoint,
          unixSocket: this.#socketOf('l1', service),
          budgetBytes,
        });
        return { kind: 'container', process: parts.add(server), endpoint };
      }
      case 'pod-shared-memory': {
        const file = this.#fileOf(service);
        prepareSharedMemory({ path: file, capBytes: budgetBytes, bucketBytes: BUCKET_BYTES });
        return { kind: 'shared-memory', file };
      }
      case 'pod-proxy-cache':
        return { kind: 'proxy-files', folder: this.proxyFiles(service)!.folder };
    }
  }

  #fileOf(service: number): string {
    return join(memoryFolderOf(this.#options.run), `${this.#options.label}-${service}.cache`);
  }

  /**
   * A Unix socket as seen from the run's folder, where both ends run: a full path may be longer than the 107 bytes
   * that a socket's name may have.
   */
  #socketOf(server: 'redis' | 'l1', service: number): string {
    return `${this.#options.label}-${service}-${server}.sock`;
  }
}

/** Only a mesh that will use it gets the second way out. */
export function cachesInProxies({ mesh, scenarios = [] }: Pick<DeployPlan, 'mesh' | 'scenarios'>): boolean {
  return mesh === 'envoy' && scenarios.some((name) => scenarioOf(name).needs === 'pod-proxy-cache');
}

function podNeedOf(scenario: string): PodNeed | null {
  const { needs } = scenarioOf(scenario);
  return isPodNeed(needs) ? needs : null;
}

function isPodNeed(need: Need): need is PodNeed {
  return need.startsWith('pod-');
}

function processesOf(caches: readonly PodCache[]): readonly OwnedProcess[] {
  return caches.flatMap((cache) => ('process' in cache ? [cache.process] : []));
}

function removeFiles(caches: readonly PodCache[]): void {
  for (const cache of caches) {
    if (cache.kind === 'shared-memory') removeSharedMemory(cache.file);
    // The folder stays: its proxy goes on.
    if (cache.kind === 'proxy-files') emptyFolder(cache.folder);
  }
}

function emptyFolder(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { force: true });
}
