import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { allHold, meshOf } from './mesh.fixture.ts';
import type { FleetState } from './togetherness.ts';

test('with 30 % of the messages lost nearly all pods still hear of a change', async () => {
  const mesh = await meshOf({ pods: 40, chaos: { lossRatio: 0.3 } });
  for (let key = 0; key < 20; key++) allHold(mesh, `k:${key}`, 1);
  // Until the pods know from each other's greetings how much is lost.
  mesh.run(40_000);
  for (let key = 0; key < 20; key++) {
    mesh.pods[key]!.fleet.onFetched(`k:${key}`, 2);
    mesh.run(100);
  }
  mesh.run(2000);
  const heard = mesh.pods.reduce((sum, { pod }) => sum + pod.forgotten.length, 0) / (39 * 20);
  assert.ok(heard > 0.95, `${heard}`);
});

test('with 30 % of the messages lost a key that many pods miss still reaches nearly all others', async () => {
  const mesh = await meshOf({ pods: 40, chaos: { lossRatio: 0.3 } });
  // Until the pods know from each other's greetings how much is lost.
  mesh.run(40_000);
  for (let key = 0; key < 20; key++) {
    for (const { fleet } of mesh.pods.slice(0, 15)) fleet.onMiss(`k:${key}`);
    mesh.run(200);
  }
  mesh.run(8000);
  const loaded = mesh.pods.slice(15).reduce((sum, { pod }) => sum + new Set(pod.loaded).size, 0) / (25 * 20);
  assert.ok(loaded > 0.9, `${loaded}`);
  assert.ok(Math.abs(mesh.pods[0]!.fleet.stats().deliveryRatio - 0.7) < 0.1);
});

test('clocks hours apart make no difference', async () => {
  const mesh = await meshOf({ skewMs: (pod) => (pod % 3) * 7_200_000 });
  for (const { fleet } of mesh.pods.slice(0, 6)) fleet.onMiss('k:1');
  allHold(mesh, 'k:2', 1);
  mesh.run(1000);
  mesh.pods[4]!.fleet.onFetched('k:2', 2);
  mesh.run(4000);
  assert.deepEqual(mesh.pods[9]!.pod.loaded, ['k:1']);
  assert.deepEqual(mesh.pods[9]!.pod.forgotten, ['k:2']);
});

test('bus down: every pod says it is alone, and together again when it is back', async () => {
  const mesh = await meshOf({ pods: 3 });
  const states: FleetState[] = [];
  mesh.pods[0]!.fleet.onState((state) => states.push(state));
  mesh.bus.setDown('cable pulled');
  mesh.pods[0]!.fleet.onMiss('k:1');
  mesh.run(500);
  assert.deepEqual(
    mesh.pods.map(({ fleet }) => fleet.state.state),
    ['alone', 'alone', 'alone'],
  );
  mesh.bus.setDown(undefined);
  assert.deepEqual(states, [
    { state: 'alone', why: 'cable pulled', sinceMs: 0 },
    { state: 'together', members: 3 },
  ]);
});

test('a pod cut off without the bus noticing says so after 15 s, and recovers', async () => {
  const mesh = await meshOf({ pods: 4 });
  mesh.run(10_000);
  mesh.current.chaos = { partition: (from, to) => from === 'pod-0' || to === 'pod-0' };
  mesh.run(25_000);
  assert.equal(mesh.pods[0]!.fleet.state.state, 'alone');
  assert.equal(mesh.pods[1]!.fleet.state.state, 'together');
  mesh.current.chaos = {};
  mesh.run(10_000);
  assert.equal(mesh.pods[0]!.fleet.state.state, 'together');
});

const anyChaos = fc.record({
  lossRatio: fc.double({ min: 0, max: 0.5, noNaN: true }),
  duplicateRatio: fc.double({ min: 0, max: 1, noNaN: true }),
  minDelayMs: fc.constant(1),
  /** Later messages overtake earlier ones by up to so much. */
  maxDelayMs: fc.integer({ min: 2, max: 3000 }),
  cutOff: fc.subarray(['pod-0', 'pod-1', 'pod-2', 'pod-3']),
});

test('whatever is lost, late, doubled, overtaken or cut off: nothing is loaded that few missed, nothing dropped that did not change', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyChaos, { minLength: 1, maxLength: 4 }), async (spells) => {
      const mesh = await meshOf({ pods: 10 });
      allHold(mesh, 'k:changed', 1);
      allHold(mesh, 'k:same', 1);
      for (const [i, { cutOff, ...chaos }] of spells.entries()) {
        mesh.current.chaos = {
          ...chaos,
          partition: (from, to) => cutOff.includes(from) !== cutOff.includes(to),
        };
        for (const { fleet } of mesh.pods) fleet.onMiss('k:hot');
        mesh.pods[i % 2]!.fleet.onMiss('k:rare');
        mesh.pods[4]!.fleet.onFetched('k:changed', i + 2);
        mesh.pods[5]!.fleet.onFetched('k:same', 1);
        mesh.run(3000);
      }
      for (const { pod } of mesh.pods.filter(({ name }) => name !== 'pod-4')) {
        assert.deepEqual(new Set(pod.loaded).difference(new Set(['k:hot'])), new Set());
        assert.deepEqual(new Set(pod.forgotten).difference(new Set(['k:changed'])), new Set());
      }
    }),
    { seed: 7, numRuns: 25 },
  );
});

test('after any chaos the pods are together again, and a change reaches all of them', async () => {
  await fc.assert(
    fc.asyncProperty(anyChaos, async ({ cutOff, ...chaos }) => {
      const mesh = await meshOf({ pods: 10 });
      mesh.current.chaos = {
        ...chaos,
        partition: (from, to) => cutOff.includes(from) !== cutOff.includes(to),
      };
      mesh.run(20_000);
      mesh.current.chaos = {};
      mesh.run(10_000);
      assert.ok(mesh.pods.every(({ fleet }) => fleet.state.state === 'together'));
      allHold(mesh, 'k:1', 1);
      mesh.run(1000);
      mesh.pods[0]!.fleet.onFetched('k:1', 2);
      mesh.run(1500);
      for (const { name, pod } of mesh.pods.slice(1)) assert.deepEqual(pod.forgotten, ['k:1'], name);
    }),
    { seed: 8, numRuns: 25 },
  );
});
