import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../random.ts';
import { Delivery } from './delivery.ts';
import { NotingPod, SECRET } from './mesh.fixture.ts';
import { FleetSecrets } from './namespaces.ts';
import { WarmUp } from './warm-up.ts';
import { packKeys } from './wire.ts';

const secrets = new FleetSecrets(SECRET, [{ prefix: '', keys: 'encrypted' }]);

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
    warmUp.onKeys('b', false, secrets.seal(packKeys([`k:${i}`])));
    warmUp.tick(() => {});
  }
  const { outcome } = await Promise.race([ended, Promise.resolve({ outcome: 'still waiting' })]);
  assert.equal(outcome, 'warm');
  assert.equal(pod.loaded.length, 10);
});
