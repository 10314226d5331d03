import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allHold, meshOf, SECRET } from './mesh.fixture.ts';
import { FleetSecrets, SIGNATURE } from './namespaces.ts';
import { Rendezvous } from './rendezvous.ts';
import { ALL } from './transport.ts';
import { encode, packKeys, type Signal } from './wire.ts';

const SECRETS = new FleetSecrets(SECRET, [{ prefix: 'k:', keys: 'encrypted' }]);

/** A message as the pod's own fleet would sign it. */
function signed(from: string, signal: Signal): Buffer {
  const message = encode(signal, SIGNATURE);
  const body = message.subarray(0, -SIGNATURE);
  message.set(SECRETS.sign(from, body), body.length);
  return message;
}

test('what nobody asked for is not taken for an answer: an unasked key is not announced', async () => {
  const mesh = await meshOf({ pods: 4 });
  const message = signed('pod-3', { kind: 'revealed', sealed: SECRETS.seal(packKeys(['k:unasked'])) });
  for (const to of mesh.members) mesh.bus.connect('pod-3').send(to, message);
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

test('a change is told also when a pod had told it before it came', async () => {
  const mesh = await meshOf({ pods: 4 });
  allHold(mesh, 'k:1', 1);
  mesh.run(2000);
  const keys = [{ hash: SECRETS.hash('k:1'), stamp: 2 }];
  mesh.bus.connect('pod-3').send(ALL, signed('pod-3', { kind: 'changed', keys }));
  mesh.run(100);
  allHold(mesh, 'k:1', 1);
  mesh.run(2000);
  mesh.pods[0]!.fleet.onFetched('k:1', 2);
  mesh.run(2000);
  assert.deepEqual(mesh.pods[1]!.pod.forgotten, ['k:1', 'k:1']);
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
  const owners = new Rendezvous(mesh.members);
  const keys = Array.from({ length: 60 }, (_, i) => `k:${i}`);
  const own = keys.filter((key) => owners.ownerOf(SECRETS.hash(key)) === 'pod-3');
  mesh.bus.connect('pod-3').send(ALL, signed('pod-3', { kind: 'hot', sealed: SECRETS.seal(packKeys(keys)) }));
  mesh.run(4000);
  assert.ok(own.length > 0 && own.length < keys.length);
  for (const { name, pod } of mesh.pods.filter(({ name }) => name !== 'pod-3'))
    assert.deepEqual(pod.loaded, own, name);
});

test('sealed keys count against the quota one by one, announced or told as an answer', async (t) => {
  const mesh = await meshOf({ pods: 4 });
  const digests = t.mock.method(FleetSecrets.prototype, 'hash').mock;
  const sealed = SECRETS.seal(packKeys(Array.from({ length: 10_000 }, (_, i) => `k:${i}`)));
  for (const kind of ['hot', 'revealed'] as const)
    for (let i = 0; i < 5; i++) mesh.bus.connect('pod-3').send('pod-0', signed('pod-3', { kind, sealed }));
  mesh.run(100);
  assert.ok(digests.callCount() <= 2100, `${digests.callCount()} of 100,000 keys looked at`);
});

test('a pod looks for its working set once for one that asks again and again, also when it has none', async (t) => {
  const mesh = await meshOf({ pods: 4 });
  const { pod } = mesh.pods[0]!;
  const looks = t.mock.method(pod, 'workingSet').mock;
  for (let i = 0; i < 100; i++)
    mesh.bus.connect('pod-3').send('pod-0', signed('pod-3', { kind: 'warm-request' }));
  mesh.run(1000);
  assert.equal(looks.callCount(), 1);
});

test('a message longer than any pod sends is not read', async () => {
  const mesh = await meshOf({ pods: 2 });
  mesh.bus.connect('pod-1').send('pod-0', signed('pod-1', { kind: 'rules', sealed: Buffer.alloc(70_000) }));
  mesh.run(100);
  assert.equal(mesh.pods[0]!.fleet.stats().dropped['not-understood'], 1);
});

test('what a pod announced before it was found wrong is not loaded after', async () => {
  const mesh = await meshOf({ pods: 4 });
  const owners = new Rendezvous(mesh.members);
  const own = Array.from({ length: 12_000 }, (_, i) => `k:${i}`).filter(
    (key) => owners.ownerOf(SECRETS.hash(key)) === 'pod-3',
  );
  const { pod, fleet } = mesh.pods[0]!;
  pod.readsPerSecond = () => 10;
  mesh.bus
    .connect('pod-3')
    .send('pod-0', signed('pod-3', { kind: 'hot', sealed: SECRETS.seal(packKeys(own.slice(0, 1900))) }));
  mesh.run(40_000);
  assert.equal(fleet.stats().dropped.muted > 0, true);
  const { length } = pod.loaded;
  mesh.run(15_000);
  assert.equal(pod.loaded.length, length);
});
