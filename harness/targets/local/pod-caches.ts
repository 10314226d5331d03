import { join } from 'node:path';
import type { Bytes } from 'l1-cache';
import { prepareSharedMemory, removeSharedMemory } from 'l1-cache/shared-memory';
import { type Need, scenarioOf } from '../../../scenarios/catalogue.ts';
import type { PodConfig } from '../../../scenarios/service/protocol.ts';
import type { OwnedProcess } from '../../journal/owned-process.ts';
import { memoryFolderOf, type OwnedRun } from '../../journal/owned-run.ts';
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
  | { readonly kind: 'shared-memory'; readonly file: string };

export interface PodCachesOptions {
  readonly run: OwnedRun;
  readonly parts: RunningParts;
  readonly redisExecutable: string;
  readonly pods: readonly { readonly index: number; readonly name: string }[];
  readonly budgetBytes: Bytes;
  readonly endpoints: Pick<MeshEndpoints, 'pods'>;
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

  get processes(): readonly OwnedProcess[] {
    return processesOf([...this.#standing.values()].flat());
  }

  /** Where the program of a pod finds them, standing or not. */
  addresses(service: number): Pick<PodConfig, 'sidecarRedis' | 'containerSocket' | 'sharedMemoryFile'> {
    return {
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

function podNeedOf(scenario: string): PodNeed | null {
  const { needs } = scenarioOf(scenario);
  return needs === 'pod-redis' || needs === 'pod-container' || needs === 'pod-shared-memory' ? needs : null;
}

function processesOf(caches: readonly PodCache[]): readonly OwnedProcess[] {
  return caches.flatMap((cache) => (cache.kind === 'shared-memory' ? [] : [cache.process]));
}

function removeFiles(caches: readonly PodCache[]): void {
  for (const cache of caches) if (cache.kind === 'shared-memory') removeSharedMemory(cache.file);
}
