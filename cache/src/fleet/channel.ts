import type { Bytes, Count, Millis } from '../units.ts';
import { type FleetSecrets, SIGNATURE } from './namespaces.ts';
import type { SourceTrust } from './source-trust.ts';
import type { Transport, TransportState } from './transport.ts';
import { decode, encode, MAX_MESSAGE, type Signal } from './wire.ts';

/** Why a message was not sent, or not listened to. */
export type DropReason =
  | 'not-a-member'
  | 'bad-signature'
  | 'not-understood'
  | 'over-quota'
  | 'muted'
  | 'own-quota';

export interface ChannelStats {
  readonly sentMessages: Count;
  readonly sentBytes: Bytes;
  readonly receivedMessages: Count;
  readonly receivedBytes: Bytes;
  readonly dropped: Readonly<Record<DropReason, Count>>;
}

/** Signed signals over a transport: lets through what members say, within their quotas, and counts the rest. */
export class Channel {
  readonly #transport: Transport;
  readonly #secrets: FleetSecrets;
  readonly #trust: SourceTrust;
  readonly #now: () => Millis;
  #members: ReadonlySet<string> = new Set();
  #open = false;
  #sentMessages = 0;
  #sentBytes = 0;
  #receivedMessages = 0;
  #receivedBytes = 0;
  readonly #dropped: Record<DropReason, Count> = {
    'not-a-member': 0,
    'bad-signature': 0,
    'not-understood': 0,
    'over-quota': 0,
    muted: 0,
    'own-quota': 0,
  };

  constructor(transport: Transport, secrets: FleetSecrets, trust: SourceTrust, now: () => Millis) {
    this.#transport = transport;
    this.#secrets = secrets;
    this.#trust = trust;
    this.#now = now;
  }

  /** Others are not heard. */
  setMembers(members: ReadonlySet<string>): void {
    this.#members = members;
  }

  /** A transport that cannot start is a bus that is down. */
  async start(
    act: (from: string, signal: Signal) => void,
    onState: (state: TransportState) => void,
  ): Promise<void> {
    const note = (state: TransportState) => {
      this.#open = state.state === 'up';
      onState(state);
    };
    try {
      await this.#transport.start((from, message) => this.#receive(from, message, act), note);
    } catch (error) {
      note({ state: 'down', why: error instanceof Error ? error.message : String(error) });
    }
  }

  /** `signals` is what the message counts for against this pod's own quota. */
  send(to: string, signal: Signal, signals: Count): void {
    if (!this.#open) return;
    if (this.#trust.admit(this.#transport.self, signals, this.#now()) !== 'heard') {
      this.#dropped['own-quota']++;
      return;
    }
    const message = encode(signal, SIGNATURE);
    const body = message.subarray(0, -SIGNATURE);
    message.set(this.#secrets.sign(this.#transport.self, body), body.length);
    this.#sentMessages++;
    this.#sentBytes += message.length;
    this.#transport.send(to, message);
  }

  stats(): ChannelStats {
    return {
      sentMessages: this.#sentMessages,
      sentBytes: this.#sentBytes,
      receivedMessages: this.#receivedMessages,
      receivedBytes: this.#receivedBytes,
      dropped: { ...this.#dropped },
    };
  }

  #receive(from: string, message: Uint8Array, act: (from: string, signal: Signal) => void): void {
    this.#receivedMessages++;
    this.#receivedBytes += message.length;
    const signal = this.#admit(from, message);
    if (typeof signal === 'string') this.#dropped[signal]++;
    else act(from, signal);
  }

  #admit(from: string, message: Uint8Array): Signal | DropReason {
    if (!this.#members.has(from)) return 'not-a-member';
    if (message.length > MAX_MESSAGE) return 'not-understood';
    const body = message.subarray(0, -SIGNATURE);
    if (!this.#secrets.verify(from, body, message.subarray(-SIGNATURE))) return 'bad-signature';
    const signal = decode(body);
    if (signal === undefined) return 'not-understood';
    const heard = this.#trust.admit(from, signalsIn(signal), this.#now());
    return heard === 'heard' ? signal : heard;
  }
}

/** A list of rules is some 5 KB to read, and told every few seconds. */
const RULES_COUNT_AS: Count = 50;

/** What a message counts for against its sender's quota. Sealed keys count as they are unpacked. */
function signalsIn(signal: Signal): Count {
  if (signal.kind === 'rules') return RULES_COUNT_AS;
  if ('hashes' in signal) return signal.hashes.length;
  if ('keys' in signal) return signal.keys.length;
  return 1;
}
