import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allHold, meshOf, SECRET } from './mesh.fixture.ts';
import { FleetSecrets, SIGNATURE } from './namespaces.ts';
import { Rendezvous } from './rendezvous.ts';
import { ALL } from './transport.ts';
import { encode, packKeys } from './wire.ts';

test('what nobody asked for is not taken for an answer: an unasked key is not announced', async () => {
  const mesh = await meshOf({ pods: 4 });
  const secrets = new FleetSecrets(SECRET, [{ prefix: 'k:', keys: 'encrypted' }]);
  const body = encode({ kind: 'revealed', sealed: secrets.seal(packKeys(['k:unasked'])) }, SIGNATURE);
  const plain = body.subarray(0, -SIGNATURE);
  body.set(secrets.sign('pod-3', plain), plain.length);
  for (const to of mesh.members) mesh.bus.connect('pod-3').send(to, body);
  mesh.run(4000);
  for (const { name, pod } of mesh.pods) assert.deepEqual(pod.loaded, [], name);
});

test('a pod that floods changes nothing for the others, and sends no more than its quota', async () => {
  const mesh = await meshOf();
  allHold(mesh, 'k:1', 1);
  for (let tick = 0; tick < 100; tick++) {
    for (let i = 0; i < 250; i++) mesh.pods[0]!.fleet.onMiss(`k:fake-${tick * 250 + i}`);
    mesh.run(50);
  }
  for (const { fleet } of mesh.pods.slice(1, 7)) fleet.onMiss('k:real');
  mesh.run(4000);
  for (const { pod } of mesh.pods.slice(7)) assert.deepEqual(pod.loaded, ['k:real']);
  assert.ok(mesh.pods[0]!.fleet.stats().dropped['own-quota'] > 0);
});

test('a pod whose notices prove false is no longer listened to', async () => {
  const mesh = await meshOf({ pods: 5 });
  for (let key = 0; key < 300; key++) allHold(mesh, `k:${key}`, 1);
  mesh.run(3000);
  for (let key = 0; key < 300; key++) {
    mesh.pods[0]!.fleet.onFetched(`k:${key}`, 999);
    mesh.run(150);
    for (const { pod, fleet } of mesh.pods.slice(1))
      if (!pod.held.has(`k:${key}`)) {
        fleet.onFetched(`k:${key}`, 1);
        pod.held.add(`k:${key}`);
      }
  }
  for (const { name, pod, fleet } of mesh.pods.slice(1)) {
    assert.ok(pod.forgotten.length < 100, `${name} believed ${pod.forgotten.length} of 300 false notices`);
    assert.ok(fleet.stats().dropped.muted > 0);
  }
});

test('messages of strangers, forgers and other formats are dropped and counted', async () => {
  const mesh = await meshOf({ pods: 2 });
  const stranger = mesh.bus.connect('stranger');
  stranger.send(ALL, Buffer.from('hello'));
  const forger = mesh.bus.connect('pod-1');
  forger.send('pod-0', Buffer.from([1, 7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]));
  forger.send('pod-0', Buffer.alloc(0));
  mesh.run(200);
  const { dropped } = mesh.pods[0]!.fleet.stats();
  assert.equal(dropped['not-a-member'], 1);
  assert.equal(dropped['bad-signature'], 2);
});

test('a pod can call hot only keys that it owns', async () => {
  const mesh = await meshOf({ pods: 6 });
  const secrets = new FleetSecrets(SECRET, [{ prefix: 'k:', keys: 'encrypted' }]);
  const owners = new Rendezvous(mesh.members);
  const keys = Array.from({ length: 60 }, (_, i) => `k:${i}`);
  const own = keys.filter((key) => owners.ownerOf(secrets.hash(key)) === 'pod-3');
  const body = encode({ kind: 'hot', sealed: secrets.seal(packKeys(keys)) }, SIGNATURE);
  const plain = body.subarray(0, -SIGNATURE);
  body.set(secrets.sign('pod-3', plain), plain.length);
  mesh.bus.connect('pod-3').send(ALL, body);
  mesh.run(4000);
  assert.ok(own.length > 0 && own.length < keys.length);
  for (const { name, pod } of mesh.pods.filter(({ name }) => name !== 'pod-3'))
    assert.deepEqual(pod.loaded, own, name);
});
