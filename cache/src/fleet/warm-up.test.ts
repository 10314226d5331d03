import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../random.ts';
import { Delivery } from './delivery.ts';
import { NotingPod, SECRET } from './mesh.fixture.ts';
import { FleetSecrets } from './namespaces.ts';
import { WarmUp } from './warm-up.ts';
import { packKeys } from './wire.ts';

const secrets = new FleetSecrets(SECRET, [{ prefix: '', keys: 'encrypted' }]);

const part = (keys: readonly string[], last: boolean) =>
  ({ kind: 'warm-keys', last, lesson: Number.NaN, sealed: secrets.seal(packKeys(keys)) }) as const;

function warmUpAt(seed: number) {
  const clock = { nowMs: 0 };
  const pod = new NotingPod();
  const context = {
    self: 'a',
    pod,
    now: () => clock.nowMs,
    rng: seededRandom(seed),
    delivery: new Delivery(),
  };
  return { clock, pod, warmUp: new WarmUp(context, secrets, 1000) };
}

test('each peer is asked first as often as any other', () => {
  const peers = Array.from({ length: 20 }, (_, i) => `pod-${i}`);
  const asked = new Map(peers.map((peer) => [peer, 0]));
  for (let seed = 0; seed < 4000; seed++)
    void warmUpAt(seed).warmUp.start(peers, 1000, (to) => asked.set(to, asked.get(to)! + 1));
  // 200 each; a standard deviation is 14.
  for (const [peer, times] of asked) assert.ok(Math.abs(times - 200) < 60, `${peer}: ${times}`);
});

test('a peer that tells of a key now and then does not keep a pod from being ready', async () => {
  const { clock, pod, warmUp } = warmUpAt(1);
  const ended = warmUp.start(['b'], 1000, () => {});
  for (let i = 0; i < 100 && clock.nowMs < 20_000; i++) {
    clock.nowMs += 1000;
    warmUp.onKeys('b', part([`k:${i}`], false));
    warmUp.tick(() => {});
  }
  const { outcome } = await Promise.race([ended, Promise.resolve({ outcome: 'still waiting' })]);
  assert.equal(outcome, 'warm');
  assert.equal(pod.loaded.length, 10);
});

/** A warm-up that was told 200 keys in one message. */
function told200() {
  const { clock, pod, warmUp } = warmUpAt(1);
  const ended = warmUp.start(['b'], 1000, () => {});
  const keys = Array.from({ length: 200 }, (_, i) => `k:${i}`);
  warmUp.onKeys('b', part(keys, true));
  const pass = (forMs: number) => {
    for (const endMs = clock.nowMs + forMs; clock.nowMs < endMs; ) {
      clock.nowMs += 50;
      warmUp.tick(() => {});
    }
  };
  return { pod, keys, ended, pass };
}

test('while the origin is busy keys wait, and none is lost', async () => {
  const { pod, keys, ended, pass } = told200();
  const { prewarm } = pod;
  pod.prewarm = () => 'origin-busy';
  pass(5000);
  pod.prewarm = prewarm;
  pass(1000);
  assert.deepEqual(pod.loaded, keys);
  assert.deepEqual(await ended, { outcome: 'warm', keys: 200, loaded: 200 });
});

test('an origin that stays busy for ten seconds is left alone', async () => {
  const { pod, ended, pass } = told200();
  pod.prewarm = () => 'origin-busy';
  pass(10_100);
  assert.deepEqual(await ended, { outcome: 'given-up', why: 'origin-busy', keys: 200, loaded: 0 });
});

test('no load begins while a twentieth of what a second may have is under way', () => {
  const { pod, pass } = told200();
  pod.loadsInFlight = () => pod.loaded.length;
  pass(1000);
  assert.equal(pod.loaded.length, 50);
});

test('a warm-up is over when there is no room for more', async () => {
  const { pod, ended, pass } = told200();
  const prewarm = pod.prewarm.bind(pod);
  pod.prewarm = (key) => (pod.held.size === 120 ? 'no-room' : prewarm(key));
  pass(1000);
  assert.deepEqual(await ended, { outcome: 'warm', keys: 200, loaded: 120 });
});
