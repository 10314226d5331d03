import { type Chaos, chaoticRoute } from '../../bench/fleet/chaos.ts';
import { Timeline } from '../../bench/fleet/timeline.ts';
import type { PrefetchOutcome } from '../options.ts';
import { seededRandom } from '../random.ts';
import type { Millis } from '../units.ts';
import { Fleet } from './fleet.ts';
import { MemoryBus } from './memory-bus.ts';
import type { FleetNamespace } from './namespaces.ts';
import type { Pod } from './pod.ts';

export const SECRET = new Uint8Array(32).fill(1);

/** A pod that holds a set of keys and writes down what the fleet asked of it. */
export class NotingPod implements Pod {
  readonly held = new Set<string>();
  readonly loaded: string[] = [];
  /** Called hot while they were held. */
  readonly confirmed: string[] = [];
  readonly forgotten: string[] = [];
  readonly extended: string[] = [];
  holds(key: string): boolean {
    return this.held.has(key);
  }
  prefetch(key: string): PrefetchOutcome {
    if (!this.held.has(key)) return this.prewarm(key);
    this.confirmed.push(key);
    return 'held';
  }
  prewarm(key: string): PrefetchOutcome {
    this.loaded.push(key);
    this.held.add(key);
    return 'started';
  }
  loadsInFlight(): number {
    return 0;
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
  lesson(): number | undefined {
    return undefined;
  }
  learn(): void {}
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

/** Pods on a bus of virtual time, with whatever goes wrong on it; `current.chaos` may be changed at any time. */
export async function meshOf({
  pods: count = 10,
  chaos = {},
  namespaces,
  skewMs = () => 0,
}: MeshOptions = {}) {
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
      return { name, pod, fleet, clock };
    }),
  );
  const run = (forMs: Millis) => {
    const endMs = timeline.nowMs + forMs;
    while (timeline.nowMs < endMs) {
      for (const { fleet, clock } of pods) if (fleet.dueMs <= clock.now()) fleet.tick();
      timeline.runUntil(timeline.nowMs + 50);
    }
  };
  return { bus, pods, run, sent, current, members };
}

/** All pods fetch the key in one state and hold it. */
export function allHold({ pods }: Awaited<ReturnType<typeof meshOf>>, key: string, stamp: number): void {
  for (const { pod, fleet } of pods) {
    pod.held.add(key);
    fleet.onFetched(key, stamp);
  }
}
