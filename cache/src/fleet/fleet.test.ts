import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allHold, meshOf } from './mesh.fixture.ts';
import { decode } from './wire.ts';

test('a key that many pods miss is loaded by the others', async () => {
  const mesh = await meshOf();
  for (const { fleet } of mesh.pods.slice(0, 6)) fleet.onMiss('k:1');
  mesh.run(4000);
  for (const { name, pod } of mesh.pods.slice(6)) assert.deepEqual(pod.loaded, ['k:1'], name);
});

test('a key called hot is a regular also of the caches that hold it already', async () => {
  const mesh = await meshOf();
  for (const { pod, fleet } of mesh.pods.slice(0, 6)) {
    fleet.onMiss('k:1');
    pod.held.add('k:1');
  }
  mesh.run(4000);
  for (const { name, pod } of mesh.pods.slice(0, 6)) {
    assert.deepEqual(pod.confirmed, ['k:1'], name);
    assert.deepEqual(pod.loaded, [], name);
  }
});

test('a key that one pod misses, however often, is loaded by nobody', async () => {
  const mesh = await meshOf();
  for (let i = 0; i < 100; i++) {
    mesh.pods[3]!.fleet.onMiss('k:1');
    mesh.run(50);
  }
  mesh.run(4000);
  for (const { pod } of mesh.pods) assert.deepEqual(pod.loaded, []);
});

test('a change that one pod saw makes the others fetch again, once', async () => {
  const mesh = await meshOf({ chaos: { duplicateRatio: 0.5, maxDelayMs: 200 } });
  allHold(mesh, 'k:1', 1);
  mesh.run(1000);
  mesh.pods[0]!.fleet.onFetched('k:1', 2);
  mesh.run(2000);
  for (const { name, pod } of mesh.pods.slice(1)) assert.deepEqual(pod.forgotten, ['k:1'], name);
  assert.deepEqual(mesh.pods[0]!.pod.forgotten, []);
});

test('until it is known what the bus loses, a change is told twice by the pod that saw it, and not again by those that follow', async () => {
  const mesh = await meshOf();
  allHold(mesh, 'k:1', 1);
  mesh.run(1000);
  mesh.pods[0]!.fleet.onFetched('k:1', 2);
  mesh.run(1000);
  const told = () =>
    mesh.sent.filter((message) => decode(message.subarray(0, -8))?.kind === 'changed').length;
  assert.equal(told(), 2);
  for (const { fleet } of mesh.pods.slice(1)) fleet.onFetched('k:1', 2);
  mesh.run(1000);
  assert.equal(told(), 2);
});

test('a change is told once on a bus that is known to lose nothing', async () => {
  const mesh = await meshOf();
  allHold(mesh, 'k:1', 1);
  mesh.run(60_000);
  mesh.sent.length = 0;
  mesh.pods[0]!.fleet.onFetched('k:1', 2);
  mesh.run(1000);
  const told = mesh.sent.filter((message) => decode(message.subarray(0, -8))?.kind === 'changed');
  assert.equal(told.length, 1);
});

test('a change that has been overtaken by the next is not told again', async () => {
  const mesh = await meshOf();
  allHold(mesh, 'k:1', 1);
  mesh.run(1000);
  mesh.pods[0]!.fleet.onFetched('k:1', 2);
  mesh.run(100);
  mesh.pods[0]!.fleet.onFetched('k:1', 3);
  mesh.run(1000);
  const stamps = mesh.sent.flatMap((message) => {
    const signal = decode(message.subarray(0, -8));
    return signal?.kind === 'changed' ? signal.keys.map(({ stamp }) => stamp) : [];
  });
  assert.deepEqual(stamps, [2, 3, 3]);
});

test('a value found valid lives on in the pods that hold the same state, and only there', async () => {
  const mesh = await meshOf();
  for (const [i, { pod, fleet }] of mesh.pods.entries()) {
    pod.held.add('k:1');
    fleet.onFetched('k:1', i === 1 ? 7 : 1);
  }
  mesh.pods[2]!.fleet.onFetched('k:1', 1);
  mesh.run(1000);
  assert.deepEqual(mesh.pods[3]!.pod.extended, ['k:1']);
  assert.deepEqual(mesh.pods[1]!.pod.extended, []);
});

test('a value found valid and then changed is not told to be valid', async () => {
  const mesh = await meshOf();
  allHold(mesh, 'k:1', 1);
  mesh.run(1000);
  mesh.pods[0]!.fleet.onFetched('k:1', 1);
  mesh.pods[0]!.fleet.onFetched('k:1', 2);
  mesh.run(1000);
  assert.ok(mesh.sent.every((message) => decode(message.subarray(0, -8))?.kind !== 'validated'));
});

test('no key of a hashed namespace ever leaves a pod, and no key leaves one in clear', async () => {
  const mesh = await meshOf({
    namespaces: [
      { prefix: 'open:', keys: 'encrypted' },
      { prefix: 'secret:', keys: 'hashed' },
    ],
  });
  for (const { fleet } of mesh.pods.slice(0, 8)) {
    fleet.onMiss('secret:alice');
    fleet.onMiss('open:bob');
  }
  mesh.pods[8]!.pod.held.add('secret:alice').add('open:bob');
  void mesh.pods[9]!.fleet.warmUp();
  mesh.run(5000);
  const bytes = Buffer.concat(mesh.sent).toString('latin1');
  for (const word of ['alice', 'bob', 'secret:', 'open:']) assert.ok(!bytes.includes(word), word);
  assert.ok(mesh.pods[9]!.pod.loaded.includes('open:bob'));
  assert.ok(!mesh.pods[9]!.pod.loaded.includes('secret:alice'));
});

test('a cold pod loads the working set of a peer, hottest first', async () => {
  const mesh = await meshOf({ pods: 4 });
  const keys = Array.from({ length: 3000 }, (_, i) => `k:${i}`);
  for (const { pod } of mesh.pods.slice(1)) for (const key of keys) pod.held.add(key);
  const warming = mesh.pods[0]!.fleet.warmUp({ perSecond: 2000 });
  mesh.run(2500);
  assert.deepEqual(await warming, { outcome: 'warm', keys: 3000, loaded: 3000 });
  assert.deepEqual(mesh.pods[0]!.pod.loaded.toSorted(), keys.toSorted());
  const first = mesh.pods[0]!.pod.loaded.slice(0, 500);
  assert.ok(
    first.every((key) => keys.indexOf(key) < 2000),
    'the first loaded are among the hottest',
  );
});

test('a cold pod starts cold when nobody answers', async () => {
  const mesh = await meshOf({ pods: 4, chaos: { lossRatio: 1 } });
  const warming = mesh.pods[0]!.fleet.warmUp();
  mesh.run(6000);
  assert.deepEqual(await warming, { outcome: 'cold', why: 'no-answer' });
});

test('a rate of a warm-up that is no rate is refused', async () => {
  const mesh = await meshOf({ pods: 2 });
  for (const perSecond of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
    await assert.rejects(mesh.pods[0]!.fleet.warmUp({ perSecond }), { code: 'L1_BAD_OPTION' });
});

test('keys called hot while the origin is busy are loaded when it has a turn again', async () => {
  const mesh = await meshOf();
  const { pod } = mesh.pods[9]!;
  const { prewarm } = pod;
  pod.prewarm = () => 'origin-busy';
  for (const { fleet } of mesh.pods.slice(0, 6)) fleet.onMiss('k:hot');
  mesh.run(3000);
  pod.prewarm = prewarm;
  mesh.run(100);
  assert.deepEqual(pod.loaded, ['k:hot']);
});

test('a warm-up ends when its pod leaves the fleet', async () => {
  const mesh = await meshOf({ pods: 4 });
  const warming = mesh.pods[0]!.fleet.warmUp();
  await mesh.pods[0]!.fleet[Symbol.asyncDispose]();
  assert.deepEqual(await warming, { outcome: 'cold', why: 'no-answer' });
});

test('a warm-up asked for while one runs is that one', async () => {
  const mesh = await meshOf({ pods: 4, chaos: { lossRatio: 1 } });
  const ended: string[] = [];
  void mesh.pods[0]!.fleet.warmUp().then(() => ended.push('first'));
  void mesh.pods[0]!.fleet.warmUp().then(() => ended.push('second'));
  mesh.run(6000);
  await new Promise(setImmediate);
  assert.deepEqual(ended, ['first', 'second']);
});

test('rules reach the other predictors as they were sent', async () => {
  const mesh = await meshOf({ pods: 3 });
  const heard: string[] = [];
  for (const { name, fleet } of mesh.pods)
    fleet.onRules((from, payload) => heard.push(`${name} from ${from}: ${Buffer.from(payload).toString()}`));
  mesh.pods[2]!.fleet.shareRules(Buffer.from('{"rule":1}'));
  mesh.run(200);
  assert.deepEqual(heard.sort(), ['pod-0 from pod-2: {"rule":1}', 'pod-1 from pod-2: {"rule":1}']);
});

test('a fleet of fifty greets twice a second once its pods are no longer new, and stays together', async () => {
  const mesh = await meshOf({ pods: 50 });
  mesh.run(120_000);
  mesh.sent.length = 0;
  mesh.run(60_000);
  assert.ok(mesh.sent.length < 2.5 * 60, `${mesh.sent.length} greetings in a minute`);
  assert.ok(mesh.pods.every(({ fleet }) => fleet.state.state === 'together'));
});

test('keys of any length are told in messages of 64 KiB at most, and one too long to travel harms nothing', async () => {
  const mesh = await meshOf();
  const [tooLong, long] = [
    'k:'.padEnd(70_000, 'x'),
    Array.from({ length: 60 }, (_, i) => `k:${i}-`.padEnd(8000, 'x')),
  ];
  for (const { fleet, pod } of mesh.pods.slice(0, 6))
    for (const key of [tooLong, ...long]) {
      fleet.onMiss(key);
      pod.held.add(key);
    }
  mesh.run(5000);
  for (const { name, pod } of mesh.pods.slice(6))
    assert.deepEqual(pod.loaded.toSorted(), long.toSorted(), name);
  const warming = mesh.pods[6]!.fleet.warmUp();
  mesh.run(5000);
  assert.equal((await warming).outcome, 'warm');
  assert.ok(mesh.sent.every((message) => message.length <= 65_536));
});
