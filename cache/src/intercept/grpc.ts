import type { GrpcRoute } from './config.ts';
import type { FlightEnd } from './flights.ts';
import { CREDENTIALS, HARMLESS, hashOf } from './identity.ts';
import type { InterceptedReads, Kept } from './reads.ts';

export interface Metadata {
  toJSON(): Record<string, unknown[]>;
  clone(): Metadata;
}

interface Status {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata | null;
}

export interface Listener {
  onReceiveMetadata?(metadata: Metadata): void;
  onReceiveMessage?(message: unknown): void;
  onReceiveStatus?(status: Status): void;
}

/** The part of an intercepting call of @grpc/grpc-js that a unary call uses. */
export interface InterceptingCall {
  start(metadata: Metadata, listener?: Listener): void;
  sendMessage(message: unknown): void;
  sendMessageWithContext(context: unknown, message: unknown): void;
  startRead(): void;
  halfClose(): void;
  cancelWithStatus(status: number, details: string): void;
  getPeer(): string;
  getAuthContext(): unknown;
}

interface KeptMessage extends Kept {
  readonly message: Buffer;
  readonly metadata: Metadata;
  readonly trailers: Metadata | null;
}

export interface UnaryMethod {
  readonly path: string;
  readonly route: GrpcRoute;
  /** Tells one client object's answers from another's: its channel may carry an identity. */
  readonly clientId: number;
  readonly serialize: (message: unknown) => Buffer;
  readonly deserialize: (bytes: Buffer) => unknown;
  /** The bytes of the message received last by this call. */
  readonly received: () => Buffer | undefined;
}

const OK = 0;

/**
 * One unary call, innermost of the interceptors, so that the metadata of all others is in the key. It starts the
 * real call only once the message, and with it the key, is known to miss.
 */
export class UnaryRead implements InterceptingCall {
  readonly #reads: InterceptedReads;
  readonly #method: UnaryMethod;
  readonly #openLive: () => InterceptingCall;
  #live: InterceptingCall | undefined;
  #metadata: Metadata | undefined;
  #listener: Listener = {};
  #isOver = false;
  #isHalfClosed = false;
  #leave: (() => void) | undefined;

  constructor(reads: InterceptedReads, method: UnaryMethod, openLive: () => InterceptingCall) {
    this.#reads = reads;
    this.#method = method;
    this.#openLive = openLive;
  }

  start(metadata: Metadata, listener: Listener = {}): void {
    this.#metadata = metadata;
    this.#listener = listener;
  }

  sendMessage(message: unknown): void {
    this.sendMessageWithContext({}, message);
  }

  sendMessageWithContext(context: unknown, message: unknown): void {
    let key: string | undefined;
    let kept: KeptMessage | undefined;
    const send = (listener: Listener) => this.#askNetwork(context, message, listener);
    try {
      key = this.#keyOf(message);
      kept = key === undefined ? undefined : this.#reads.lookup<KeptMessage>(key);
      if (kept !== undefined && this.#reads.mode !== 'observe')
        this.#reads.hit('grpc', this.#method.path, kept);
    } catch {
      this.#reads.fault();
      key = undefined;
    }
    if (key === undefined) send(this.#listener);
    else if (this.#reads.mode === 'observe') send(this.#record(key, kept, () => {}));
    else if (kept !== undefined) process.nextTick(() => this.#replay(kept));
    else this.#ask(key, send);
  }

  startRead(): void {
    this.#live?.startRead();
  }

  halfClose(): void {
    this.#isHalfClosed = true;
    this.#live?.halfClose();
  }

  cancelWithStatus(code: number, details: string): void {
    if (this.#live !== undefined) this.#live.cancelWithStatus(code, details);
    else if (!this.#isOver) {
      this.#isOver = true;
      this.#leave?.();
      process.nextTick(() => this.#listener.onReceiveStatus?.({ code, details, metadata: this.#metadata! }));
    }
  }

  getPeer(): string {
    return this.#live?.getPeer() ?? 'l1-cache';
  }

  getAuthContext(): unknown {
    return this.#live?.getAuthContext() ?? null;
  }

  #ask(key: string, send: (listener: Listener) => void): void {
    const { flights, coverage } = this.#reads;
    try {
      if (flights.isOpen(key)) {
        this.#wait(key, send);
        return;
      }
      flights.open(key);
    } catch {
      this.#reads.fault();
      send(this.#listener);
      return;
    }
    let isOver = false;
    coverage.misses++;
    send(
      this.#record(key, undefined, (end) => {
        if (isOver) return;
        isOver = true;
        try {
          flights.end(key, end);
        } catch {
          this.#reads.fault();
        }
      }),
    );
  }

  #wait(key: string, send: (listener: Listener) => void): void {
    const { flights, coverage, config } = this.#reads;
    const after = (end: FlightEnd) => {
      clearTimeout(patience);
      this.#leave = undefined;
      if (this.#isOver) return;
      const kept = end === 'kept' ? this.#heldNow(key) : undefined;
      if (kept !== undefined) {
        coverage.shared++;
        this.#replay(kept);
      } else if (end === 'lost') {
        this.#ask(key, send);
      } else {
        coverage.misses++;
        send(this.#record(key, undefined, () => {}));
      }
    };
    const leave = flights.join(key, after);
    const patience = setTimeout(() => {
      leave();
      after('not-shareable');
    }, config.flightWaitMs);
    this.#leave = () => {
      leave();
      clearTimeout(patience);
    };
  }

  #heldNow(key: string): KeptMessage | undefined {
    try {
      return this.#reads.lookup<KeptMessage>(key);
    } catch {
      this.#reads.fault();
      return undefined;
    }
  }

  #askNetwork(context: unknown, message: unknown, listener: Listener): void {
    this.#live = this.#openLive();
    this.#live.start(this.#metadata!, listener);
    this.#live.sendMessageWithContext(context, message);
    if (this.#isHalfClosed) this.#live.halfClose();
  }

  /** Undefined when the call carries credentials that are not part of the key. */
  #keyOf(message: unknown): string | undefined {
    const { path, route, clientId, serialize } = this.#method;
    const keyed: [string, string][] = [];
    const allowed = (route.keyMetadata ?? []).map((name) => name.toLowerCase());
    for (const [name, values] of Object.entries(this.#metadata!.toJSON())) {
      if (CREDENTIALS.has(name) && !allowed.includes(name)) {
        this.#reads.coverage.bypass('credentials');
        return undefined;
      }
      if (HARMLESS.has(name) && !allowed.includes(name)) continue;
      for (const value of values)
        keyed.push([name, Buffer.isBuffer(value) ? value.toString('base64') : String(value)]);
    }
    keyed.push([':message', serialize(message).toString('base64')]);
    return `grpc ${clientId} ${path} ${hashOf(keyed)}`;
  }

  #replay(kept: KeptMessage): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listener.onReceiveMetadata?.(kept.metadata.clone());
    // A copy: decoded messages may keep parts of the bytes they were read from.
    this.#listener.onReceiveMessage?.(this.#method.deserialize(Buffer.from(kept.message)));
    const trailers = kept.trailers ?? kept.metadata;
    this.#listener.onReceiveStatus?.({ code: OK, details: 'OK', metadata: trailers.clone() });
  }

  #record(key: string, would: KeptMessage | undefined, onEnd: (end: FlightEnd) => void): Listener {
    const { coverage, config } = this.#reads;
    let requestedAtMs: number;
    try {
      requestedAtMs = this.#reads.now();
    } catch {
      this.#reads.fault();
      onEnd('not-shareable');
      return this.#listener;
    }
    let metadata: Metadata | undefined;
    let message: Buffer | undefined;
    const finish = (status: Status) => {
      if (status.code !== OK || metadata === undefined || message === undefined) return onEnd('lost');
      if (message.byteLength > config.maxEntryBytes) {
        coverage.notStored('too-large');
        return onEnd('not-shareable');
      }
      if (this.#reads.mode === 'observe') {
        if (would === undefined) coverage.misses++;
        else coverage.wouldHit++;
        if (would !== undefined && !would.message.equals(message)) coverage.differed++;
        if (would !== undefined) return;
      }
      const kept: KeptMessage = {
        address: `grpc ${this.#method.path}`,
        requestedAtMs,
        storedAtMs: this.#reads.now(),
        initialAgeMs: 0,
        lifeMs: this.#method.route.ttlMs,
        message,
        metadata: metadata.clone(),
        trailers: status.metadata?.clone() ?? null,
      };
      onEnd(this.#reads.keep(key, kept, message.byteLength + 1000) ? 'kept' : 'not-shareable');
    };
    return {
      onReceiveMetadata: (received) => {
        metadata = received;
        this.#listener.onReceiveMetadata?.(received);
      },
      onReceiveMessage: (received) => {
        const bytes = this.#method.received();
        message = bytes && Buffer.from(bytes);
        this.#listener.onReceiveMessage?.(received);
      },
      onReceiveStatus: (status) => {
        try {
          finish(status);
        } catch {
          this.#reads.fault();
          onEnd('not-shareable');
        }
        this.#listener.onReceiveStatus?.(status);
      },
    };
  }
}
