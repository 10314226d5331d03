import type { Route } from '../../src/fleet/memory-bus.ts';
import type { Bytes, Count, Millis, Ratio } from '../../src/units.ts';
import type { Timeline } from './timeline.ts';

/** What goes wrong on the way. */
export interface Chaos {
  /** Share of the messages that never arrive. */
  readonly lossRatio?: Ratio;
  /** Share that arrives twice. */
  readonly duplicateRatio?: Ratio;
  /** Delivery takes from this … */
  readonly minDelayMs?: Millis;
  /** … to this long; messages overtake each other. */
  readonly maxDelayMs?: Millis;
  /** Pods that cannot reach each other: messages between the two sides are lost. */
  readonly partition?: (from: string, to: string) => boolean;
}

/** What each pod sent and received, framing included. */
export interface Traffic {
  readonly sentBytes: Map<string, Bytes>;
  readonly receivedBytes: Map<string, Bytes>;
  messages: Count;
}

/** What a bus puts around a message: NATS and Redis protocol lines with the subject, about this much. */
const FRAMING: Bytes = 32;

/** A route through virtual time with everything that may go wrong. `chaos` is read anew for every message. */
export function chaoticRoute(
  timeline: Timeline,
  rng: () => Ratio,
  chaos: () => Chaos,
): { readonly route: Route; readonly traffic: Traffic } {
  const traffic: Traffic = { sentBytes: new Map(), receivedBytes: new Map(), messages: 0 };
  const add = (map: Map<string, Bytes>, pod: string, bytes: Bytes) =>
    map.set(pod, (map.get(pod) ?? 0) + bytes);
  const route: Route = (from, to, bytes, deliver) => {
    const { lossRatio = 0, duplicateRatio = 0, minDelayMs = 1, maxDelayMs = 5, partition } = chaos();
    traffic.messages++;
    const copies = rng() < lossRatio || partition?.(from, to) ? 0 : rng() < duplicateRatio ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      add(traffic.receivedBytes, to, bytes + FRAMING);
      timeline.after(minDelayMs + rng() * (maxDelayMs - minDelayMs), deliver);
    }
  };
  return { route, traffic };
}
