import type { Clock } from '../clock.ts';
import type { Bytes, Count, Millis, Ratio } from '../units.ts';
import { ChangeNotices } from './change-notices.ts';
import { HotKeys } from './hot-keys.ts';
import { KeyDirectory } from './key-directory.ts';
import { type FleetNamespace, FleetSecrets, SIGNATURE } from './namespaces.ts';
import type { Pod } from './pod.ts';
import { Rendezvous } from './rendezvous.ts';
import { SourceTrust } from './source-trust.ts';
import { ALL, type Transport, type TransportState } from './transport.ts';
import { WarmUp, type WarmUpOutcome } from './warm-up.ts';
import { decode, encode, type Signal } from './wire.ts';

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

/** Whether the pod hears from others. Alone it serves as before, by its own TTLs and its own predictions. */
export type FleetState =
  | { readonly state: 'together'; readonly members: Count }
  | { readonly state: 'alone'; readonly why: string; readonly sinceMs: Millis };

export type DropReason =
  | 'not-a-member'
  | 'bad-signature'
  | 'not-understood'
  | 'over-quota'
  | 'muted'
  | 'own-quota';

export interface FleetStats {
  readonly sentMessages: Count;
  readonly sentBytes: Bytes;
  readonly receivedMessages: Count;
  readonly receivedBytes: Bytes;
  readonly dropped: Readonly<Record<DropReason, Count>>;
}

const HELLO_EVERY_MS = 5000;
/** Without a word from anyone for so long the pod holds itself for alone. */
const SILENCE_MS = 15_000;

/**
 * What the pods of a service tell each other: what is hot, what changed, what did not, which rules hold. Signals,
 * never values: a pod that believes a lie loads something useless or loads something again, within quotas.
 *
 * Needs `tick` about every 50 ms. Everything sent may be lost; nothing here waits for an answer to serve a read.
 */
export class Fleet implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #secrets: FleetSecrets;
  readonly #trust = new SourceTrust();
  readonly #hot: HotKeys;
  readonly #notices: ChangeNotices;
  readonly #warmUp: WarmUp;
  readonly #rng: () => Ratio;
  #owners: Rendezvous;
  #members: ReadonlySet<string>;
  #bus: TransportState = { state: 'down', why: 'not started' };
  #state: FleetState;
  #heardMs: Millis;
  #helloMs: Millis;
  #sent = { messages: 0, bytes: 0 };
  #received = { messages: 0, bytes: 0 };
  readonly #dropped: Record<DropReason, Count> = {
    'not-a-member': 0,
    'bad-signature': 0,
    'not-understood': 0,
    'over-quota': 0,
    muted: 0,
    'own-quota': 0,
  };
  readonly #stateListeners = new Set<(state: FleetState) => void>();
  readonly #rulesListeners = new Set<(from: string, payload: Uint8Array) => void>();

  constructor(options: FleetOptions) {
    const { transport, pod, clock, rng, directoryKeys = 20_000 } = options;
    this.#transport = transport;
    this.#clock = clock;
    this.#rng = rng;
    this.#secrets = new FleetSecrets(options.secret, options.namespaces ?? []);
    const directory = new KeyDirectory(directoryKeys, (key) => pod.holds(key));
    const context = { self: transport.self, pod, now: () => clock.now(), rng };
    this.#hot = new HotKeys(context, this.#secrets, directory, this.#trust);
    this.#notices = new ChangeNotices(context, this.#secrets, directory, this.#trust);
    this.#warmUp = new WarmUp(context, this.#secrets, directoryKeys);
    this.#owners = new Rendezvous(options.members);
    this.#members = new Set(options.members);
    this.#heardMs = clock.now();
    this.#helloMs = clock.now() + rng() * HELLO_EVERY_MS;
    this.#state = { state: 'alone', why: 'not started', sinceMs: clock.now() };
  }

  /** Joins. A bus that is down does not fail it: the pod is then alone until the bus is up. */
  async start(): Promise<void> {
    const onState = (state: TransportState) => {
      this.#bus = state;
      if (state.state === 'up') this.#heardMs = this.#clock.now();
      this.#updateState();
    };
    try {
      await this.#transport.start((from, message) => this.#receive(from, message), onState);
    } catch (error) {
      onState({ state: 'down', why: error instanceof Error ? error.message : String(error) });
    }
  }

  get state(): FleetState {
    return this.#state;
  }

  /** Hears of every change between together and alone. */
  onState(listener: (state: FleetState) => void): Disposable {
    this.#stateListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#stateListeners.delete(listener) };
  }

  /** Takes over the membership as the platform reports it. */
  setMembers(members: readonly string[]): void {
    this.#members = new Set(members);
    this.#owners = new Rendezvous(members);
    this.#trust.keepOnly(this.#members);
    this.#updateState();
  }

  /** A read found nothing. */
  onMiss(key: string): void {
    if (this.#state.state === 'together') this.#hot.onMiss(key, this.#owners);
  }

  /** A value was fetched from the origin; `stamp` is any 32-bit number that differs when the value does. */
  onFetched(key: string, stamp: number): void {
    this.#notices.onFetched(key, stamp >>> 0);
  }

  /** A value that the fleet had loaded here was read for the first time. */
  onPrefetchUsed(key: string): void {
    this.#hot.onPrefetchUsed(key);
  }

  /** Tells the others what the predictor has learned, at most 60,000 bytes in its own format; it travels sealed. */
  shareRules(payload: Uint8Array): void {
    this.#send(ALL, { kind: 'rules', sealed: this.#secrets.seal(payload) }, 1);
  }

  /** Receives what others' predictors have learned. It is their word: bound what following it may cost. */
  onRules(listener: (from: string, payload: Uint8Array) => void): Disposable {
    this.#rulesListeners.add(listener);
    return { [Symbol.dispose]: () => void this.#rulesListeners.delete(listener) };
  }

  /**
   * Fills a cold pod with the keys of a peer's working set, hottest first, `perSecond` loads at most (default
   * 2,000; divide the origin's spare rate by the pods that may start at once). Wait for it before reporting ready
   * and the pod's first requests find a warm cache. Needs namespaces with `keys: 'encrypted'`.
   */
  async warmUp({ perSecond = 2000 }: { readonly perSecond?: number } = {}): Promise<WarmUpOutcome> {
    const peers = this.#owners.members.filter((name) => name !== this.#transport.self);
    return this.#warmUp.start(peers, perSecond, (to, signal) => this.#send(to, signal, 1));
  }

  /** Sends what has waited long enough, loads what is due, notices silence. */
  tick(): void {
    const nowMs = this.#clock.now();
    if (nowMs >= this.#helloMs) {
      this.#helloMs = nowMs + HELLO_EVERY_MS * (0.75 + 0.5 * this.#rng());
      this.#send(ALL, { kind: 'hello' }, 1);
    }
    const send = (to: string, signal: Signal, signals: Count = 1) => this.#send(to, signal, signals);
    this.#hot.tick(send);
    this.#notices.tick(send);
    this.#warmUp.tick(send);
    this.#updateState();
  }

  stats(): FleetStats {
    return {
      sentMessages: this.#sent.messages,
      sentBytes: this.#sent.bytes,
      receivedMessages: this.#received.messages,
      receivedBytes: this.#received.bytes,
      dropped: { ...this.#dropped },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stateListeners.clear();
    this.#rulesListeners.clear();
    await this.#transport[Symbol.asyncDispose]();
  }

  #send(to: string, signal: Signal, signals: Count): void {
    if (this.#bus.state === 'down') return;
    if (this.#trust.admit(this.#transport.self, signals, this.#clock.now()) !== 'heard') {
      this.#dropped['own-quota']++;
      return;
    }
    const message = encode(signal, SIGNATURE);
    const body = message.subarray(0, -SIGNATURE);
    message.set(this.#secrets.sign(this.#transport.self, body), body.length);
    this.#sent.messages++;
    this.#sent.bytes += message.length;
    this.#transport.send(to, message);
  }

  #receive(from: string, message: Uint8Array): void {
    this.#received.messages++;
    this.#received.bytes += message.length;
    const signal = this.#admit(from, message);
    if (typeof signal === 'string') {
      this.#dropped[signal]++;
      return;
    }
    this.#heardMs = this.#clock.now();
    if (this.#state.state === 'alone') this.#updateState();
    this.#act(from, signal);
  }

  #admit(from: string, message: Uint8Array): Signal | DropReason {
    if (!this.#members.has(from)) return 'not-a-member';
    const body = message.subarray(0, -SIGNATURE);
    if (!this.#secrets.verify(from, body, message.subarray(-SIGNATURE))) return 'bad-signature';
    const signal = decode(body);
    if (signal === undefined) return 'not-understood';
    const heard = this.#trust.admit(from, signalsIn(signal), this.#clock.now());
    return heard === 'heard' ? signal : heard;
  }

  #act(from: string, signal: Signal): void {
    switch (signal.kind) {
      case 'hello':
        break;
      case 'misses':
        this.#hot.onMisses(from, signal.hashes, true, this.#owners);
        break;
      case 'misses-hashed':
        this.#hot.onMisses(from, signal.hashes, false, this.#owners);
        break;
      case 'reveal': {
        const answer = this.#hot.onReveal(signal.hashes);
        if (answer !== undefined) this.#send(from, answer, 1);
        break;
      }
      case 'revealed':
        this.#hot.onRevealed(signal.sealed, this.#owners);
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
        this.#warmUp.onKeys(from, signal.last, signal.sealed);
        break;
    }
  }

  #updateState(): void {
    const why = this.#aloneBecause();
    const was = this.#state;
    if (why === undefined) {
      if (was.state === 'together' && was.members === this.#members.size) return;
      this.#state = { state: 'together', members: this.#members.size };
    } else {
      if (was.state === 'alone' && was.why === why) return;
      this.#state = { state: 'alone', why, sinceMs: this.#clock.now() };
    }
    for (const listener of this.#stateListeners) listener(this.#state);
  }

  #aloneBecause(): string | undefined {
    if (this.#bus.state === 'down') return this.#bus.why;
    if (this.#members.size < 2) return 'no other member';
    if (this.#clock.now() - this.#heardMs > SILENCE_MS) return `nothing heard for ${SILENCE_MS / 1000} s`;
    return undefined;
  }
}

/** What a message counts for against its sender's quota. */
function signalsIn(signal: Signal): Count {
  if ('hashes' in signal) return signal.hashes.length;
  if ('keys' in signal) return signal.keys.length;
  return 1;
}
