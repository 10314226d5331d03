import type { Count, Millis, Ratio } from '../units.ts';
import { LoadQueue, type LoadStep } from './load-queue.ts';
import type { FleetSecrets } from './namespaces.ts';
import type { FleetContext } from './pod.ts';
import { inParts, packKeys, type Signal, unpackKeys } from './wire.ts';

/** Keys of one part of a digest at most. */
const KEYS_PER_PART: Count = 500;
/** Parts sent a tick, so that a digest does not hold up the event loop or the bus. */
const PARTS_PER_TICK: Count = 4;
/** A pod gives one digest at a time, and the same pod one in this time. */
const ONE_DIGEST_IN_MS: Millis = 10_000;
/** Without a part for so long the peer is given up and the next one asked; after so many the pod starts cold. */
const PATIENCE_MS: Millis = 1500;
/** A peer that tells of its keys for longer than this is not waited for. */
const DIGEST_WITHIN_MS: Millis = 10_000;
const MAX_PEERS: Count = 3;
/**
 * Loads under way in the pod at most, as a share of those of a second: an origin that takes longer than 50 ms a load is
 * asked so much more slowly.
 */
const IN_FLIGHT_SHARE: Ratio = 1 / 20;
/** An origin that stays busy for so long is left alone, and the rest of the keys to their readers. */
const ORIGIN_PATIENCE_MS: Millis = 10_000;

/** How a warm-up ended. `keys` were named by the peer, `loaded` cost a fetch. */
export type WarmUpOutcome =
  /** All that was named is held or being loaded, or there is no room for more. */
  | { readonly outcome: 'warm'; readonly keys: Count; readonly loaded: Count }
  /** The origin had no turn for a load for 10 s. */
  | {
      readonly outcome: 'given-up';
      readonly why: 'origin-busy';
      readonly keys: Count;
      readonly loaded: Count;
    }
  /** No peer answered, or none knows a key that may travel. */
  | { readonly outcome: 'cold'; readonly why: 'no-peer' | 'no-answer' };

interface Running {
  readonly peers: string[];
  readonly perSecond: number;
  readonly ended: Promise<WarmUpOutcome>;
  readonly settle: (outcome: WarmUpOutcome) => void;
  peer: string;
  askedMs: Millis;
  heardMs: Millis;
  complete: boolean;
  keys: Count;
  taken: Count;
  loaded: Count;
  /** When a load last began or none was needed. */
  wentOnMs: Millis;
  room: 'free' | 'full';
}

/** Fills a cold pod with the working set of a peer, hottest first. Only keys travel; values come from the origin. */
export class WarmUp {
  readonly #context: FleetContext;
  readonly #secrets: FleetSecrets;
  readonly #maxKeys: Count;
  readonly #loads = new LoadQueue();
  readonly #answeredMs = new Map<string, Millis>();
  #running: Running | undefined;
  #answer: { readonly to: string; readonly parts: string[][] } | undefined;

  constructor(context: FleetContext, secrets: FleetSecrets, maxKeys: Count) {
    this.#context = context;
    this.#secrets = secrets;
    this.#maxKeys = maxKeys;
  }

  /** Asks a peer; loads what it names at `perSecond` at most. While one runs, answers that one. */
  start(
    peers: readonly string[],
    perSecond: number,
    send: (to: string, signal: Signal) => void,
  ): Promise<WarmUpOutcome> {
    if (this.#running !== undefined) return this.#running.ended;
    const drawn = peers.map((peer) => ({ peer, lot: this.#context.rng() })).sort((a, b) => a.lot - b.lot);
    const order = drawn.slice(0, MAX_PEERS).map(({ peer }) => peer);
    const peer = order.shift();
    if (peer === undefined) return Promise.resolve({ outcome: 'cold', why: 'no-peer' });
    send(peer, { kind: 'warm-request' });
    const { promise: ended, resolve: settle } = Promise.withResolvers<WarmUpOutcome>();
    const nowMs = this.#context.now();
    this.#running = {
      peers: order,
      perSecond,
      ended,
      settle,
      peer,
      askedMs: nowMs,
      heardMs: nowMs,
      complete: false,
      keys: 0,
      taken: 0,
      loaded: 0,
      wentOnMs: nowMs,
      room: 'free',
    };
    return ended;
  }

  onRequest(from: string): void {
    const nowMs = this.#context.now();
    for (const [pod, atMs] of this.#answeredMs)
      if (nowMs - atMs >= ONE_DIGEST_IN_MS) this.#answeredMs.delete(pod);
    if (this.#answer !== undefined || this.#answeredMs.has(from)) return;
    // Also when there is nothing to tell: to find that out is what costs.
    this.#answeredMs.set(from, nowMs);
    const keys = this.#context.pod.workingSet(this.#maxKeys).filter((key) => this.#secrets.mayTravel(key));
    if (keys.length === 0) return;
    this.#answer = { to: from, parts: inParts(keys, KEYS_PER_PART) };
  }

  onKeys(from: string, { last, lesson, sealed }: Extract<Signal, { kind: 'warm-keys' }>): void {
    const running = this.#running;
    if (running === undefined || running.peer !== from || this.#isSilent(running)) return;
    const plain = this.#secrets.open(sealed);
    if (plain === undefined) return;
    running.heardMs = this.#context.now();
    if (!Number.isNaN(lesson)) this.#context.pod.learn(lesson);
    running.complete ||= last;
    for (const key of unpackKeys(plain)) {
      if (running.keys >= this.#maxKeys) break;
      running.keys++;
      this.#loads.push(key, from, running.heardMs);
    }
  }

  /** At once while a digest is given or followed. */
  get dueMs(): Millis {
    const isBusy = this.#running !== undefined || this.#answer !== undefined;
    return isBusy ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }

  tick(send: (to: string, signal: Signal) => void): void {
    this.#sendParts(send);
    const running = this.#running;
    if (running === undefined) return;
    const nowMs = this.#context.now();
    if (this.#loads.length === 0) running.wentOnMs = nowMs;
    this.#loads.drain(nowMs, running.perSecond, (key) => this.#load(key, running));
    const { keys, loaded } = running;
    const silent = this.#isSilent(running);
    const isThrough = this.#loads.length === 0 && keys > 0 && (running.complete || silent);
    if (isThrough || running.room === 'full') this.#end(running, { outcome: 'warm', keys, loaded });
    else if (nowMs - running.wentOnMs > ORIGIN_PATIENCE_MS)
      this.#end(running, { outcome: 'given-up', why: 'origin-busy', keys, loaded });
    else if (silent && keys === 0) this.#askNext(running, send);
  }

  #load(key: string, running: Running): LoadStep {
    const { pod, now } = this.#context;
    if (pod.loadsInFlight() >= Math.max(1, running.perSecond * IN_FLIGHT_SHARE)) return 'not-now';
    const outcome = pod.holds(key) ? 'held' : pod.prewarm(key, running.taken / running.keys);
    if (outcome === 'no-room') running.room = 'full';
    if (outcome === 'no-room' || outcome === 'origin-busy') return 'not-now';
    running.taken++;
    running.wentOnMs = now();
    if (outcome !== 'started') return 'needless';
    running.loaded++;
    return 'started';
  }

  #end(running: Running, outcome: WarmUpOutcome): void {
    this.#loads.forgetBefore(Number.POSITIVE_INFINITY);
    this.#running = undefined;
    running.settle(outcome);
  }

  /** Who waits is told that the pod starts cold. */
  [Symbol.dispose](): void {
    this.#running?.settle({ outcome: 'cold', why: 'no-answer' });
    this.#running = undefined;
  }

  #isSilent({ heardMs, askedMs }: Running): boolean {
    const nowMs = this.#context.now();
    return nowMs - heardMs > PATIENCE_MS || nowMs - askedMs > DIGEST_WITHIN_MS;
  }

  #askNext(running: Running, send: (to: string, signal: Signal) => void): void {
    const peer = running.peers.shift();
    if (peer === undefined) {
      this.#end(running, { outcome: 'cold', why: 'no-answer' });
      return;
    }
    running.peer = peer;
    running.askedMs = this.#context.now();
    running.heardMs = running.askedMs;
    send(peer, { kind: 'warm-request' });
  }

  #sendParts(send: (to: string, signal: Signal) => void): void {
    for (let part = 0; part < PARTS_PER_TICK && this.#answer !== undefined; part++) {
      const { to, parts } = this.#answer;
      const keys = parts.shift()!;
      const last = parts.length === 0;
      const lesson = this.#context.pod.lesson() ?? Number.NaN;
      send(to, { kind: 'warm-keys', last, lesson, sealed: this.#secrets.seal(packKeys(keys)) });
      if (last) this.#answer = undefined;
    }
  }
}
