import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Chaos, chaoticRoute } from '../../bench/fleet/chaos.ts';
import { Timeline } from '../../bench/fleet/timeline.ts';
import type { AccessRecord } from '../access.ts';
import { Prewarmer } from '../predict/prewarmer.ts';
import { seededRandom } from '../random.ts';
import { Fleet } from './fleet.ts';
import { MemoryBus } from './memory-bus.ts';
import type { Pod } from './pod.ts';
import { RuleSignal } from './rule-signal.ts';

const IDLE: Pod = {
  holds: () => false,
  prefetch: () => 'no-loader',
  prewarm: () => 'no-loader',
  loadsInFlight: () => 0,
  forget: () => {},
  extend: () => {},
  workingSet: () => [],
  lesson: () => undefined,
  learn: () => {},
  evictionAgeMs: () => 20_000,
  readsPerSecond: () => 100,
};

/** Pods with a predictor each, over one bus, in simulated time. */
async function pods(count: number, chaos: Chaos = {}) {
  const timeline = new Timeline();
  const { route } = chaoticRoute(timeline, seededRandom(5), () => chaos);
  const bus = new MemoryBus(route);
  const members = Array.from({ length: count }, (_, i) => `pod-${i}`);
  const clock = { now: () => timeline.nowMs };
  const sent: Buffer[] = [];
  const all = await Promise.all(
    members.map(async (self, i) => {
      const fetched: string[] = [];
      const target = {
        has: () => false,
        prefetch: (key: string) => {
          fetched.push(key);
          return 'started' as const;
        },
      };
      const prewarmer = new Prewarmer(target, { salt: i, rng: () => 0.5 });
      const transport = bus.connect(self);
      const { send } = transport;
      transport.send = (to, message) => {
        sent.push(Buffer.from(message));
        send(to, message);
      };
      const rng = seededRandom(i);
      const secret = new Uint8Array(32).fill(1);
      const fleet = new Fleet({ transport, pod: IDLE, secret, members, clock, rng });
      await fleet.start();
      const learner = {
        provenRules: () => prewarmer.provenRules(),
        hearRules: (from: string, rules: Parameters<Prewarmer['hearRules']>[1]) =>
          prewarmer.hearRules(from, rules, clock.now()),
      };
      return { prewarmer, fetched, fleet, signal: new RuleSignal(fleet, learner, rng) };
    }),
  );
  const run = (forMs: number) => {
    for (
      const endMs = timeline.nowMs + forMs;
      timeline.nowMs < endMs;
      timeline.runUntil(timeline.nowMs + 50)
    ) {
      for (const { fleet, signal } of all) {
        if (fleet.dueMs <= timeline.nowMs) fleet.tick();
        if (signal.dueMs <= timeline.nowMs) signal.tick(timeline.nowMs);
      }
    }
  };
  const visit = (pod: number, n: number) => {
    const user = 7_000_000 + n;
    const read = (key: string, value: object, atMs: number): AccessRecord[] => [
      { key, outcome: 'miss', value: undefined, atMs },
      { key, outcome: 'fill', value, atMs: atMs + 2, origin: 'demand' },
    ];
    const session = read(`session.12:s${n}`, { userId: user }, timeline.nowMs);
    for (const record of [...session, ...read(`profile.14:${user}`, {}, timeline.nowMs + 20)])
      all[pod]!.prewarmer.learn([record]);
    run(1000);
  };
  return { all, run, visit, sent };
}

test('a pod that never saw a session fetches at its first, once two others have learned the rule', async () => {
  const { all, visit, run } = await pods(3);
  for (let n = 0; n < 20; n++) for (const pod of [0, 1]) visit(pod, n);
  run(3000);
  visit(2, 99);
  assert.deepEqual(all[2]!.fetched, ['profile.14:7000099']);
});

test('a pod that hears half of the messages has heard of the rule within some seconds', async () => {
  const { all, visit, run } = await pods(3, { lossRatio: 0.5 });
  for (let n = 0; n < 20; n++) for (const pod of [0, 1]) visit(pod, n);
  run(20_000);
  visit(2, 99);
  assert.deepEqual(all[2]!.fetched, ['profile.14:7000099']);
});

test('messages hold neither patterns nor identifiers in the clear, and a list that stays is told every few seconds', async () => {
  const { visit, run, sent } = await pods(4);
  for (let n = 0; n < 20; n++) visit(0, n);
  for (const message of sent) assert.doesNotMatch(message.toString('latin1'), /session|userId|profile|70000/);
  sent.length = 0;
  run(60_000);
  // Four pods say hello every 5 s; one of them has rules, told every 2 s on average.
  assert.ok(sent.length < 4 * 13 + 45, `${sent.length} messages in a minute`);
});
