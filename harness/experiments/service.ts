import { createHash } from 'node:crypto';
import type { Millis, Ratio } from 'l1-cache';
import { secondsToRecover } from '../../cache/bench/fleet/hot-shift.ts';
import type { ExperimentContext } from './experiment.ts';
import type { PodPlan, Second } from './pod/plan.ts';

/** What all pods of the service on this machine share: its sessions, its cache, its origin. */
const SERVICE = {
  users: 20_000,
  zipfExponent: 0.9,
  budgetBytes: 2 * 2 ** 20,
  originMs: 2 as Millis,
} as const;

export const SERVICE_WORDS =
  '20,000 users drawn by Zipf 0.9; each request reads a session, the user it names and the profile that names, with pauses of 12 ms at the median; 2 MiB of cache a pod; an origin that answers after 2 ms (emulated); signals over a Redis on this machine; the load is made inside each pod.';

/** The plan of a pod with everything on and a full cache; an experiment changes what it is about. */
export function podPlan(
  { run, bus, seed }: ExperimentContext,
  plan: Pick<PodPlan, 'name' | 'members' | 'requestsPerSecond' | 'serveMs'> & Partial<PodPlan>,
): PodPlan {
  return {
    bus,
    secret: createHash('sha256').update(run.runId).digest('base64'),
    prediction: 'on',
    start: 'filled',
    snapshotFile: null,
    seed: seed * 1_000 + plan.members.indexOf(plan.name),
    shift: null,
    ...SERVICE,
    ...plan,
  };
}

export function hitRatio(seconds: readonly Second[]): Ratio {
  const sum = (of: (second: Second) => number) =>
    seconds.reduce((total, second) => total + (second ? of(second) : 0), 0);
  return sum(({ hits }) => hits) / sum(({ reads }) => reads);
}

/** Sums the same second of several pods. */
export function together(pods: readonly (readonly Second[])[]): Second[] {
  const seconds = Math.min(...pods.map((pod) => pod.length));
  return Array.from({ length: seconds }, (_, at) => {
    const sum = (of: 'reads' | 'hits' | 'waitedMs' | 'fetches') =>
      pods.reduce((total, pod) => total + (pod[at]?.[of] ?? 0), 0);
    return {
      reads: sum('reads'),
      hits: sum('hits'),
      waitedMs: sum('waitedMs'),
      fetches: sum('fetches'),
      slowestMs: Math.max(...pods.map((pod) => pod[at]?.slowestMs ?? 0)),
    };
  });
}

/** What the page says of `t95`. */
export const T95_WORDS =
  'A time to 95 % is the first whole second at that hit ratio, if it lasted: the five from it on are at it together too.';

/** Seconds until the hit ratio of a second was 95 % of the steady one, and stayed; infinite when it never was. */
export function t95(seconds: readonly Second[], steadyHitRatio: Ratio): number {
  const hitRatios = seconds.map((second) => second.hits / second.reads);
  return secondsToRecover({ steadyHitRatio, hitRatios }, 0.95);
}

export function curve(label: string, hitRatios: readonly Ratio[]) {
  return {
    label,
    draw: 'line' as const,
    points: hitRatios.map((y, i) => ({ x: (i + 0.5) * 1_000, y })),
  };
}

export const HIT_RATIO_AXES = (xTitle: string) => ({
  x: { title: xTitle, format: 'seconds' as const, min: 0 },
  y: { title: 'hit ratio', format: 'percent' as const, min: 0, max: 1 },
});
