import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { EnvoyConfig, Peer } from './bootstrap.ts';
import { gatewayConfig } from './gateway.ts';
import { type SidecarOptions, sidecarConfig } from './sidecar.ts';

const identity = { certificateFile: '/c/own.crt', keyFile: '/c/own.key', authorityFile: '/c/authority.pem' };
const peers: readonly Peer[] = ['svc-02', 'svc-31'].map((name, index) => ({
  name,
  inbound: { host: `127.100.1.${index + 1}`, port: 20_003 },
  spiffeId: `spiffe://l1bench/${name}`,
}));
const at = (port: number) => ({ host: '127.100.1.9', port });
const options: SidecarOptions = {
  name: 'svc-09',
  identity,
  app: at(1),
  inbound: at(2),
  outbound: at(3),
  sharedRedisProxy: at(4),
  sharedRedis: { host: '127.100.0.1', port: 6379 },
  peers,
};
const sidecar = sidecarConfig(options);

// Envoy's configuration is deep and untyped; the tests look at the few fields that decide what is let through.
// biome-ignore lint/suspicious/noExplicitAny: see above
const resources = (config: EnvoyConfig): any => config.static_resources;
const named = (list: readonly { readonly name: string }[], name: string) =>
  list.find((one) => one.name === name) as never as Record<string, never>;

it('lets nothing in but peers of the mesh that show a certificate', () => {
  const inbound = JSON.stringify(named(resources(sidecar).listeners, 'inbound'));
  assert.match(inbound, /"require_client_certificate":true/);
  assert.match(inbound, /"prefix":"spiffe:\/\/l1bench\/"/);
  assert.match(inbound, /"trusted_ca":\{"filename":"\/c\/authority.pem"\}/);
});

it('encrypts every way out to a peer and expects exactly that peer there', () => {
  for (const config of [sidecar, gatewayConfig({ identity, at: at(5), peers })]) {
    for (const peer of peers) {
      const cluster = JSON.stringify(named(resources(config).clusters, peer.name));
      assert.match(cluster, /UpstreamTlsContext/);
      assert.ok(cluster.includes(`"matcher":{"exact":"${peer.spiffeId}"}`));
      assert.ok(cluster.includes(`"sni":"${peer.name}.mesh"`));
    }
  }
});

it('speaks TLS 1.3 only, at both ends', () => {
  const versions = JSON.stringify(sidecar).match(/"tls_(minimum|maximum)_protocol_version":"\w+"/g) ?? [];
  assert.equal(versions.length, 2 * (1 + peers.length));
  assert.ok(versions.every((version) => version.endsWith('"TLSv1_3"')));
});

it('passes the shared Redis on as TCP and leaves the pod’s own Redis alone', () => {
  assert.match(JSON.stringify(named(resources(sidecar).listeners, 'shared-redis')), /tcp_proxy/);
  const names = resources(sidecar).clusters.map((cluster: { name: string }) => cluster.name);
  assert.deepEqual(names, ['app', 'shared-redis', 'svc-02', 'svc-31']);
});

it('is the same bytes for the same mesh', () => {
  assert.equal(JSON.stringify(sidecarConfig(options)), JSON.stringify(sidecar));
});

it('caches on a way out of its own, bounded, and leaves every other way as it is without', () => {
  const caching = sidecarConfig({
    ...options,
    httpCache: { at: at(7), files: { folder: '/dev/shm/pod', capBytes: 1_024 } },
  });
  const ways = resources(caching).listeners as { readonly name: string }[];
  assert.match(JSON.stringify(named(ways, 'cached-outbound')), /"max_cache_size_bytes":1024/);
  assert.deepEqual(
    ways.filter(({ name }) => name !== 'cached-outbound'),
    resources(sidecar).listeners,
  );
  assert.deepEqual(resources(caching).clusters, resources(sidecar).clusters);
});
