import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { allEndpoints, layOutEndpoints, NETWORKS } from './endpoints.ts';

const FIRST_CLIENT_PORT = 32_768;
const layouts = ['one-per-pod', 'one-for-all'] as const;

it('gives no two programs of all networks the same place', () => {
  fc.assert(
    fc.property(fc.constantFrom(...layouts), fc.integer({ min: 1, max: 200 }), (addresses, pods) => {
      const places = Array.from({ length: NETWORKS }, (_, network) =>
        allEndpoints(layOutEndpoints({ addresses, network, pods })),
      ).flat();
      const distinct = new Set(places.map(({ host, port }) => `${host}:${port}`));
      assert.equal(distinct.size, places.length);
    }),
    { numRuns: 20 },
  );
});

it('stays on loopback and below the ports that the system hands out to clients', () => {
  for (const addresses of layouts) {
    const places = allEndpoints(layOutEndpoints({ addresses, network: NETWORKS - 1, pods: 200 }));
    for (const { host, port } of places) {
      assert.match(host, /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/);
      assert.ok(host.split('.').every((byte) => Number(byte) <= 255));
      assert.ok(port >= 20_000 && port < FIRST_CLIENT_PORT);
    }
  }
});

it('gives every pod an address of its own where the system has them, and the same ports', () => {
  const { pods } = layOutEndpoints({ addresses: 'one-per-pod', network: 0, pods: 50 });
  assert.equal(new Set(pods.map(({ app }) => app.host)).size, 50);
  assert.equal(new Set(pods.map(({ app }) => app.port)).size, 1);
  assert.ok(pods.every(({ app, control }) => app.host === control.host));
});
