import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chaos, chaoticRoute } from '../../bench/fleet/chaos.ts';
import { Timeline } from '../../bench/fleet/timeline.ts';
import { seededRandom } from '../random.ts';
import type { Millis } from '../units.ts';
import { Fleet } from './fleet.ts';
import { MemoryBus } from './memory-bus.ts';
import { type FleetNamespace, FleetSecrets, SIGNATURE } from './namespaces.ts';
import type { Pod } from './pod.ts';
import type { FleetState } from './togetherness.ts';
import { ALL } from './transport.ts';
import { decode, encode, packKeys } from './wire.ts';

const SECRET = new Uint8Array(32).fill(1);

/** A pod that holds a set of keys and writes down what the fleet asked of it. */
class NotingPod implements Pod {
  readonly held = new Set<string>();
  readonly loaded: string[] = [];
  readonly forgotten: string[] = [];
  readonly extended: string[] = [];
  holds(key: string): boolean {
    return this.held.has(key);
  }
  prefetch(key: string): boolean {
    this.loaded.push(key);
    this.held.add(key);
    return true;
  }
  prewarm(key: string): boolean {
    return this.prefetch(key);
  }
  forget(key: string): void {
    this.forgotten.push(key);
    this.held.delete(key);
  }
  extend(key: string): void {
    this.extended.push(key);
  }
  workingSet(max: number): string[] {
    return [...this.held].slice(0, max);
  }
  evictionAgeMs(): Millis {
    return 20_000;
  }
  readsPerSecond(): number {
    return 1000;
  }
}

interface MeshOptions {
  readonly pods?: number;
  readonly chaos?: Chaos;
  readonly namespaces?: readonly FleetNamespace[];
  /** How far each pod's clock is from the true time. */
  readonly skewMs?: (pod: number) => Millis;
}

async function meshOf({ pods: count = 10, chaos = {}, namespaces, skewMs = () => 0 }: MeshOptions = {}) {
  const timeline = new Timeline();
  const sent: Uint8Array[] = [];
  const current = { chaos };
  const { route } = chaoticRoute(timeline, seededRandom(5), () => current.chaos);
  const bus = new MemoryBus(route);
  const members = Array.from({ length: count }, (_, i) => `pod-${i}`);
  const pods = await Promise.all(
    members.map(async (name, i) => {
      const pod = new NotingPod();
      const transport = bus.connect(name);
      const { send } = transport;
      transport.send = (to, message) => {
        sent.push(message.slice());
        send(to, message);
      };
      const clock = { now: () => timeline.nowMs + skewMs(i) };
      const shared = namespaces ?? [{ prefix: 'k:', keys: 'encrypted' as const }];
      const fleet = new Fleet({
        transport,
        pod,
        secret: SECRET,
        namespaces: shared,
        members,
        clock,
        rng: seededRandom(i),
      });
      await fleet.start();
      return { name, pod, fleet };
    }),
  );
  const run = (forMs: Millis) => {
    const endMs = timeline.nowMs + forMs;
    while (timeline.nowMs < endMs) {
      for (const { fleet } of pods) fleet.tick();
      timeline.runUntil(timeline.nowMs + 50);
    }
  };
  return { bus, pods, run, sent, current, members };
}

/** All pods fetch the key in one state and hold it. */
function allHold({ pods }: Awaited<ReturnType<typeof meshOf>>, key: string, stamp: number): void {
  for (const { pod, fleet } of pods) {
    pod.held.add(key);
    fleet.onFetched(key, stamp);
  }
}

test('a key that many pods miss is loaded by the others', async () => {
  const mesh = await meshOf();
  for (const { fleet } of mesh.pods.slice(0, 6)) fleet.onMiss('k:1');
  mesh.run(4000);
  for (const { name, pod } of mesh.pods.slice(6)) assert.deepEqual(pod.loaded, ['k:1'], name);
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

test('a change is told twice by the pod that saw it, and not again by those that follow', async () => {
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

test('rules reach the other predictors as they were sent', async () => {
  const mesh = await meshOf({ pods: 3 });
  const heard: string[] = [];
  for (const { name, fleet } of mesh.pods)
    fleet.onRules((from, payload) => heard.push(`${name} from ${from}: ${Buffer.from(payload).toString()}`));
  mesh.pods[2]!.fleet.shareRules(Buffer.from('{"rule":1}'));
  mesh.run(200);
  assert.deepEqual(heard.sort(), ['pod-0 from pod-2: {"rule":1}', 'pod-1 from pod-2: {"rule":1}']);
});
