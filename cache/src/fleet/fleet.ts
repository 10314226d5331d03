import type { Clock } from '../clock.ts';
import { CacheError } from '../errors.ts';
import type { Bytes, Count, Millis, Ratio } from '../units.ts';
import { ChangeNotices } from './change-notices.ts';
import { Channel, type ChannelStats } from './channel.ts';
import { Delivery } from './delivery.ts';
import { HotKeys } from './hot-keys.ts';
import { KeyDirectory } from './key-directory.ts';
import { type FleetNamespace, FleetSecrets } from './namespaces.ts';
import type { Pod } from './pod.ts';
import { Rendezvous } from './rendezvous.ts';
import { SourceTrust } from './source-trust.ts';
import { type FleetState, Togetherness } from './togetherness.ts';
import { ALL, type Transport } from './transport.ts';
import { WarmUp, type WarmUpOutcome } from './warm-up.ts';
import type { Signal } from './wire.ts';

export interface FleetOptions {
  readonly transport: Transport;
  readonly pod: Pod;
  /** At least 16 random bytes, the same in all pods of the fleet and nowhere else. */
  readonly secret: Uint8Array;
  /** How keys may travel. Default: only as digests. */
  readonly namespaces?: readonly FleetNamespace[];
  /** The pods of the fleet, this one included; others are not heard. */
  readonly members: readonly string[];
  readonly clock: Clock;
  /** Draws from 0 (included) to 1 (excluded). */
  readonly rng: () => Ratio;
  /** Keys whose digests are understood, about 120 bytes each. Default 20,000. */
  readonly directoryKeys?: Count;
}

export interface FleetStats extends ChannelStats {
  /** Share of what other pods send that arrives, by the gaps in their greetings; counts of misses are corrected by it. */
  readonly deliveryRatio: Ratio;
}

const LEAST_SECRET: Bytes = 16;
const HELLO_EVERY_MS: Millis = 5000;
/** So many times a pod that has just come greets so often, for the others to learn soon what gets through. */
const FIRST_HELLOS: Count = 8;
/** All pods together then greet so often a second: each greeting wakes every pod. */
const HELLOS_PER_SECOND: Count = 2;

/**
 * What the pods of a service tell each other: what is hot, what changed, what did not, which rules hold. Signals,
 * never values: a pod that believes a lie loads something useless or loads something again, within quotas.
 *
 * Needs `tick` when `dueMs` has come, but not more often than about every 50 ms. Everything sent may be lost; nothing
 * here waits for an answer to serve a read.
 */
export class Fleet implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #rng: () => Ratio;
  readonly #secrets: FleetSecrets;
  readonly #trust = new SourceTrust();
  readonly #delivery = new Delivery();
  readonly #channel: Channel;
  readonly #togetherness: Togetherness;
  readonly #hot: HotKeys;
  readonly #notices: ChangeNotices;
  readonly #warmUp: WarmUp;
  #owners: Rendezvous;
  #helloMs: Millis;
  #helloNumber: number;
  #hellos: Count = 0;
  readonly #rulesListeners = new Set<(from: string, payload: Uint8Array) => void>();
  readonly #dueListeners = new Set<() => void>();

  /**
   * `secrets` may be shared by the simulated pods of one process; they are those of `secret` and `namespaces`.
   * @throws {CacheError} `L1_BAD_OPTION` when the secret is too short.
   */
  constructor(options: FleetOptions, secrets = new FleetSecrets(options.secret, options.namespaces ?? [])) {
    const { transport, pod, clock, rng, secret, members, directoryKeys = 20_000 } = options;
    if (secret.byteLength < LEAST_SECRET)
      throw new CacheError(
        'L1_BAD_OPTION',
        `secret has ${secret.byteLength} bytes: use at least ${LEAST_SECRET} random ones, the same in all pods.`,
      );
    this.#transport = transport;
    this.#clock = clock;
    this.#rng = rng;
    this.#secrets = secrets;
    const now = () => clock.now();
    this.#channel = new Channel(transport, secrets, this.#trust, now);
    this.#channel.setMembers(new Set(members));
    this.#owners = new Rendezvous(members);
    this.#togetherness = new Togetherness(this.#owners.members.length, now);
    const directory = new KeyDirectory(directoryKeys, (key) => pod.holds(key));
    const context = { self: transport.self, pod, now, rng, delivery: this.#delivery };
    this.#hot = new HotKeys(context, secrets, directory, this.#trust);
    this.#notices = new ChangeNotices(context, secrets, directory, this.#trust);
    this.#warmUp = new WarmUp(context, secrets, directoryKeys);
    this.#helloMs = clock.now() + rng() * HELLO_EVERY_MS;
    this.#helloNumber = Math.floor(rng() * 2 ** 16);
  }

  /** Joins. A bus that is down does not fail it: the pod is then alone until the bus is up. */
  async start(): Promise<void> {
    await this.#channel.start(
      (from, signal) => {
        this.#togetherness.onHeard();
        this.#act(from, signal);
        this.#dueMayHaveMoved();
      },
      (state) => this.#togetherness.onBus(state),
    );
  }

  get state(): FleetState {
    return this.#togetherness.state;
  }

  /** Hears of every change between together and alone. */
  onState(listener: (state: FleetState) => void): Disposable {
    return this.#togetherness.onState(listener);
  }

  /** Takes over the membership as the platform reports it. */
  setMembers(members: readonly string[]): void {
    const names = new Set(members);
    this.#owners = new Rendezvous(members);
    this.#channel.setMembers(names);
    this.#trust.keepOnly(names);
    this.#delivery.keepOnly(names);
    this.#togetherness.onMembers(names.size);
  }

  /** A read found nothing. */
  onMiss(key: string): void {
    if (this.state.state !== 'together') return;
    this.#hot.onMiss(key, this.#owners);
    this.#dueMayHaveMoved();
  }

  /** A value was fetched from the origin; `stamp` is any 32-bit number that differs when the value does. */
  onFetched(key: string, stamp: number): void {
    this.#notices.onFetched(key, stamp >>> 0);
    this.#dueMayHaveMoved();
  }

  /** A value that the fleet had loaded here was read for the first time. */
  onPrefetchUsed(key: string): void {
    this.#hot.onPrefetchUsed(key);
  }

  /** Tells the others what the predictor has learned, at most 60,000 bytes in its own format; it travels sealed. */
  shareRules(payload: Uint8Array): void {
    this.#channel.send(ALL, { kind: 'rules', sealed: this.#secrets.seal(payload) }, 1);
  }

  /** Receives what others' predictors have learned. It is their word: bound what following it may cost. */
  onRules(listener: (from: string, payload: Uint8Array) => void): Disposable {
    this.#rulesListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#rulesListeners.delete(listener) };
  }

  /**
   * Fills a cold pod with the keys of a peer's working set, hottest first, until all are there or the cache is full.
   * `perSecond` loads at most, 1 or more (default 4,000; divide the origin's spare rate by the pods that may start at
   * once), and none while a twentieth of that is under way or the origin's protection is busy. Wait for it before
   * reporting ready and the pod's first requests find a warm cache. Needs namespaces with `keys: 'encrypted'`.
   * @throws {CacheError} `L1_BAD_OPTION` when `perSecond` is below 1 or no number.
   */
  async warmUp({ perSecond = 4000 }: { readonly perSecond?: number } = {}): Promise<WarmUpOutcome> {
    if (!(perSecond >= 1 && perSecond < Number.POSITIVE_INFINITY))
      throw new CacheError('L1_BAD_OPTION', `perSecond is ${perSecond}: give a number of loads, 1 or more.`);
    const peers = this.#owners.members.filter((name) => name !== this.#transport.self);
    const ended = this.#warmUp.start(peers, perSecond, (to, signal) => this.#channel.send(to, signal, 1));
    this.#dueMayHaveMoved();
    return ended;
  }

  /** When something waits to be sent, loaded or noticed. */
  get dueMs(): Millis {
    return Math.min(
      this.#helloMs,
      this.#hot.dueMs,
      this.#notices.dueMs,
      this.#warmUp.dueMs,
      this.#togetherness.dueMs,
    );
  }

  /** Hears that `dueMs` may have moved ahead. */
  onDue(listener: () => void): Disposable {
    this.#dueListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#dueListeners.delete(listener) };
  }

  /** Sends what has waited long enough, loads what is due, notices silence. */
  tick(): void {
    const nowMs = this.#clock.now();
    if (nowMs >= this.#helloMs) {
      const everyMs = ++this.#hellos < FIRST_HELLOS ? HELLO_EVERY_MS : this.#helloEveryMs();
      this.#helloMs = nowMs + everyMs * (0.75 + 0.5 * this.#rng());
      this.#helloNumber = (this.#helloNumber + 1) % 2 ** 16;
      this.#channel.send(ALL, { kind: 'hello', number: this.#helloNumber }, 1);
    }
    const send = (to: string, signal: Signal, signals: Count = 1) => this.#channel.send(to, signal, signals);
    this.#hot.tick(send);
    this.#notices.tick(send);
    this.#warmUp.tick(send);
    this.#togetherness.update();
  }

  stats(): FleetStats {
    return { ...this.#channel.stats(), deliveryRatio: this.#delivery.ratio };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#togetherness[Symbol.dispose]();
    this.#warmUp[Symbol.dispose]();
    this.#rulesListeners.clear();
    this.#dueListeners.clear();
    await this.#transport[Symbol.asyncDispose]();
  }

  /** By the pods that were heard: members that are not there greet nobody. */
  #helloEveryMs(): Millis {
    return Math.max(HELLO_EVERY_MS, ((this.#delivery.pods + 1) / HELLOS_PER_SECOND) * 1000);
  }

  #dueMayHaveMoved(): void {
    for (const listener of this.#dueListeners) listener();
  }

  #act(from: string, signal: Signal): void {
    switch (signal.kind) {
      case 'hello':
        this.#delivery.onHello(from, signal.number);
        break;
      case 'misses':
        this.#hot.onMisses(from, signal.hashes, true, this.#owners);
        break;
      case 'misses-hashed':
        this.#hot.onMisses(from, signal.hashes, false, this.#owners);
        break;
      case 'reveal':
        for (const answer of this.#hot.onReveal(signal.hashes)) this.#channel.send(from, answer, 1);
        break;
      case 'revealed':
        this.#hot.onRevealed(from, signal.sealed);
        break;
      case 'hot':
        this.#hot.onHot(from, signal.sealed, this.#owners);
        break;
      case 'hot-hashed':
        this.#hot.onHotHashed(from, signal.hashes, this.#owners);
        break;
      case 'changed':
        this.#notices.onChanged(from, signal.keys);
        break;
      case 'validated':
        this.#notices.onValidated(signal.keys);
        break;
      case 'rules': {
        const payload = this.#secrets.open(signal.sealed);
        if (payload !== undefined) for (const listener of this.#rulesListeners) listener(from, payload);
        break;
      }
      case 'warm-request':
        this.#warmUp.onRequest(from);
        break;
      case 'warm-keys':
        this.#warmUp.onKeys(from, signal);
        break;
    }
  }
}
