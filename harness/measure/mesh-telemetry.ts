import { once } from 'node:events';
import { createServer } from 'node:http';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { Client } from 'undici';
import type { EnvoyConfig } from '../../manifests/envoy/bootstrap.ts';
import { sidecarConfig } from '../../manifests/envoy/sidecar.ts';
import type { Measurements } from '../../reports/claims/measurements.ts';
import type { OwnedRun } from '../journal/owned-run.ts';
import { PROJECT_FOLDER } from '../project.ts';
import { createRunAuthority, spiffeIdOf } from '../targets/local/certificates.ts';
import { startEnvoy } from '../targets/local/envoy-process.ts';
import { findFreeNetwork } from '../targets/local/free-network.ts';
import { bundlePreload } from '../targets/local/preload-bundle.ts';
import { accepts, waitUntilReady } from '../targets/local/wait-until.ts';
import { observed } from './samples.ts';

const CALLER = fileURLToPath(new URL('./unmodified/caller.mjs', import.meta.url));
const KEYS = 500;

/** What the caller program answers after one pass over the keys. */
interface Pass {
  readonly reads: number;
  readonly spans: number;
}

/** Requests that Envoy's own counters saw leave the caller and arrive at the owner over mutual TLS. */
interface Seen {
  readonly left: number;
  readonly arrived: number;
  readonly withoutCertificate: number;
}

/**
 * Two pods with the mesh's own sidecars, here with their statistics kept. The caller reads every key once (misses),
 * then once more (hits); what Envoy counted meanwhile is what a hit and a miss leave behind in the mesh.
 */
export async function measureMeshTelemetry(
  run: OwnedRun,
  envoyExecutable: string,
): Promise<Pick<Measurements, 'meshTelemetry'>> {
  await using cleanup = new AsyncDisposableStack();
  await using network = await findFreeNetwork(run.runId, 2);
  const { pods, sharedRedis } = network;
  const [caller, owner] = [pods[0]!, pods[1]!];

  const app = createServer((_request, response) => {
    response.setHeader('cache-control', 'max-age=3600');
    response.end('{"version":1}');
  });
  app.listen(owner.app.port, owner.app.host);
  await once(app, 'listening');
  cleanup.defer(() => {
    app.close();
    app.closeAllConnections();
  });

  const authority = await createRunAuthority(run.folder, Date.now());
  const peer = { name: 'owner', inbound: owner.inbound, spiffeId: spiffeIdOf('owner') };
  for (const [name, pod, peers] of [
    ['owner', owner, []],
    ['caller', caller, [peer]],
  ] as const) {
    const config = sidecarConfig({ name, identity: await authority.issue(name), ...pod, sharedRedis, peers });
    const proxy = await startEnvoy(run, envoyExecutable, {
      name,
      config: withStatistics(name, config),
      folder: run.folder,
    });
    cleanup.defer(() => proxy.stop());
    await waitUntilReady(proxy, () => accepts(pod.inbound));
  }

  const program = execaNode(CALLER, [caller.outbound.host, String(caller.outbound.port), 'owner.mesh'], {
    ipc: true,
    reject: false,
    env: {
      ...run.env,
      NODE_OPTIONS: await bundlePreload(PROJECT_FOLDER, run.folder),
      L1_CONFIG: JSON.stringify({ http: [{ host: '*.mesh', path: '/data/*', ttlMs: 'http' }] }),
    },
    nodePath: process.execPath,
  });
  cleanup.defer(async () => {
    program.kill('SIGKILL');
    await program;
  });
  await program.getOneMessage();
  const pass = async (): Promise<{ pass: Pass; before: Seen; after: Seen }> => {
    const before = await seen(run);
    const answered = program.getOneMessage();
    await program.sendMessage({ keys: KEYS });
    return { pass: (await answered) as unknown as Pass, before, after: await seen(run) };
  };

  const misses = await pass();
  const hits = await pass();
  const how = `${KEYS} keys read once, then once more, by a program with the preload, through two Envoys with mutual TLS; Envoy's own counters`;
  const per = (count: number, { reads }: Pass, unit: 'ratio' | 'times', what: string) =>
    observed(count / reads, unit, reads, 'reads', `${how}; ${what}`);
  const overTls = misses.after.arrived - misses.before.arrived - misses.after.withoutCertificate;
  return {
    meshTelemetry: {
      missesOverMutualTls: per(
        overTls,
        misses.pass,
        'ratio',
        'requests that the owner’s mutual-TLS listener completed, per miss',
      ),
      proxyRequestsPerHit: per(
        hits.after.left - hits.before.left,
        hits.pass,
        'times',
        'requests that the caller’s sidecar was sent, per hit',
      ),
      ownSpansPerHit: per(
        hits.pass.spans,
        hits.pass,
        'times',
        'spans that the preload gave the program’s tracer, per hit',
      ),
    },
  };
}

/** As seen from the run's folder, where the proxies run: a socket's name may have 107 bytes. */
function adminSocketOf(name: string): string {
  return `${name}.admin.sock`;
}

/** The mesh's own configuration, but with statistics, on a socket that only this run can reach. */
function withStatistics(name: string, config: EnvoyConfig): EnvoyConfig {
  const admin = { address: { pipe: { path: adminSocketOf(name) } } };
  return { ...config, stats_config: {}, admin };
}

async function seen(run: OwnedRun): Promise<Seen> {
  const [caller, owner] = [await countersOf(run, 'caller'), await countersOf(run, 'owner')];
  const sum = (counters: ReadonlyMap<string, number>, pattern: RegExp): number =>
    [...counters].reduce((total, [name, value]) => (pattern.test(name) ? total + value : total), 0);
  return {
    left: sum(caller, /^http\.outbound\.downstream_rq_completed$/),
    arrived: sum(owner, /^http\.inbound\.downstream_rq_completed$/),
    withoutCertificate: sum(owner, /^listener\..*\.ssl\.no_certificate$/),
  };
}

async function countersOf(run: OwnedRun, name: string): Promise<ReadonlyMap<string, number>> {
  const socketPath = relative(process.cwd(), join(run.folder, adminSocketOf(name)));
  const admin = new Client('http://admin', { socketPath });
  try {
    const { body } = await admin.request({ method: 'GET', path: '/stats?format=json' });
    const { stats } = (await body.json()) as { stats: readonly { name?: string; value?: number }[] };
    return new Map(
      stats.flatMap(({ name: stat, value }) =>
        stat === undefined || value === undefined ? [] : [[stat, value] as const],
      ),
    );
  } finally {
    await admin.close();
  }
}
