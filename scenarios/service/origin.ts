import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Domain, DomainName, Topology } from '../topology/topology.ts';
import type { MutationSchedule } from '../workload/mutation.ts';
import { stampedJson } from '../workload/value.ts';

export interface OriginOptions {
  readonly serviceIndex: number;
  readonly seed: number;
  readonly topology: Topology;
  readonly mutations: MutationSchedule;
  readonly timeScale: number;
}

/** Answers for the data this service owns. Resolves to whether it had an answer; everything else is a 404. */
export type Origin = (domainName: string, id: number, to: ServerResponse) => Promise<boolean>;

/** Makes the truth of one service: the value stamped with its version, after the emulated wait of its domain. */
export function createOrigin(options: OriginOptions): Origin {
  const { serviceIndex, seed, topology, mutations, timeScale } = options;
  const owns = topology.services[serviceIndex]?.owns ?? [];
  const owned = new Map<string, Domain>(
    topology.domains.filter((domain) => owns.includes(domain.name)).map((domain) => [domain.name, domain]),
  );
  const profileCount = topology.domains.find((domain) => domain.name === 'profile')?.keyCount ?? 1;
  return async (domainName, id, to) => {
    const domain = owned.get(domainName);
    if (domain === undefined || !Number.isSafeInteger(id) || id < 0) {
      to.writeHead(404).end();
      return false;
    }
    if (domain.originCostMs > 0) await sleep(domain.originCostMs);
    const at = { domain: domainName as DomainName, owner: serviceIndex, id };
    const nowMs = Date.now();
    const version = mutations.version(at, nowMs);
    const changedAtMs = mutations.changedAtMs(at, nowMs);
    const body = stampedJson(seed, domain, at, version, profileCount, changedAtMs);
    to.writeHead(200, {
      'content-type': 'application/json',
      'content-length': body.length,
      etag: `"${version}"`,
      'last-modified': new Date(changedAtMs).toUTCString(),
      'cache-control': `max-age=${Math.floor(domain.ttlMs / timeScale / 1000)}`,
    });
    to.end(body);
    return true;
  };
}
