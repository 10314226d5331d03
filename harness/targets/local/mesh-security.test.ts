import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Identity } from '../../../manifests/envoy/bootstrap.ts';
import type { OwnedRun } from '../../journal/owned-run.ts';
import type { Deployment } from '../target.ts';
import { createRunAuthority } from './certificates.ts';
import type { Endpoint } from './endpoints.ts';
import { ask } from './testing/ask.ts';
import { deployStubs, executables, temporaryRun } from './testing/small-mesh.ts';

const { redis, envoy } = await executables();
const skip = redis === null || envoy === null ? 'needs redis-server and Envoy: run "l1bench setup"' : false;

describe('the mesh of Envoys', { skip }, () => {
  let run: OwnedRun;
  let mesh: Deployment;
  let inbound: Endpoint;

  before(async () => {
    run = temporaryRun();
    mesh = await deployStubs(run, { redis: redis!, envoy });
    inbound = listenerOf(run, 'svc-03', 'inbound');
  });
  after(async () => {
    await mesh?.[Symbol.asyncDispose]();
    run?.[Symbol.dispose]();
  });

  const callSidecar = (identity: Partial<Identity>) =>
    ask('https', {
      ...inbound,
      path: '/data/flag/1',
      ca: readFileSync(join(run.folder, 'mesh', 'authority.pem')),
      ...(identity.certificateFile && { cert: readFileSync(identity.certificateFile) }),
      ...(identity.keyFile && { key: readFileSync(identity.keyFile) }),
      // The certificate names a service, not a host.
      checkServerIdentity: () => undefined,
    });

  it('lets a caller through that shows a certificate of the run', async () => {
    const folder = join(run.folder, 'mesh');
    const answer = await callSidecar({
      certificateFile: join(folder, 'gateway.crt.pem'),
      keyFile: join(folder, 'gateway.key.pem'),
    });
    assert.deepEqual(answer, { status: 200, text: '{"version":1,"from":"svc-03"}' });
  });

  it('refuses plaintext at a sidecar', async () => {
    await assert.rejects(ask('http', { ...inbound, path: '/data/flag/1' }), /ECONNRESET|socket hang up/);
  });

  it('refuses a caller without a certificate', async () => {
    await assert.rejects(callSidecar({}), /certificate required|ECONNRESET|socket hang up/);
  });

  it('refuses a certificate of another authority', async () => {
    const folder = join(run.folder, 'other-authority');
    mkdirSync(folder);
    const impostor = await (await createRunAuthority(folder, Date.now())).issue('svc-01');
    await assert.rejects(callSidecar(impostor), /unknown ca|ECONNRESET|socket hang up/i);
  });

  it('carries a request from the gateway over two pairs of sidecars to the origin', async () => {
    const [caller, owner] = anEdge();
    const { host, port, hostHeader } = mesh.ingress(caller);
    const answer = await ask('http', {
      host,
      port,
      path: `/request/0?k=${owner}`,
      headers: { host: hostHeader },
    });
    assert.deepEqual(answer, { status: 200, text: `{"version":1,"from":"svc-0${owner}"}` });
  });

  it('does not know services that a pod does not call', async () => {
    const { host, port } = listenerOf(run, 'svc-07', 'outbound');
    const answer = await ask('http', { host, port, path: '/data/flag/1', headers: { host: 'svc-00.mesh' } });
    assert.equal(answer.status, 404);
  });

  it('counts the proxies in CPU and memory', async () => {
    const memory = await mesh.memory('no-cache');
    const cpu = await mesh.cpu();
    assert.ok(memory.pods.every((pod) => pod.totals.proxy > 1024 * 1024));
    assert.ok(cpu.proxyUs !== null && cpu.proxyUs > 0);
  });

  /** A service and one that its requests read from. */
  function anEdge(): readonly [number, number] {
    const config = JSON.parse(readFileSync(join(run.folder, 'svc-00.json'), 'utf8'));
    const type = config.topology.requestTypes[0];
    return [type.service, type.reads[0].owner];
  }
});

/** Where a sidecar listens, read from the configuration it was started with. */
function listenerOf(run: OwnedRun, service: string, name: string): Endpoint {
  const config = JSON.parse(readFileSync(join(run.folder, 'mesh', `${service}.json`), 'utf8'));
  const listener = config.static_resources.listeners.find((one: { name: string }) => one.name === name);
  const { address, port_value } = listener.address.socket_address;
  return { host: address, port: port_value };
}
