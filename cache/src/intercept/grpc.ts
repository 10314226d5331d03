import { AsyncResource } from 'node:async_hooks';
import type { Millis } from '../units.ts';
import { type FlightEnd, type FlightReport, NOBODY_WAITS } from './flights.ts';
import type { InterceptingCall, Listener, Metadata, Status, UnaryMethod } from './grpc-call.ts';
import { grpcKey } from './grpc-key.ts';
import { ownBytes } from './own-bytes.ts';
import type { InterceptedReads, Kept } from './reads.ts';

interface KeptMessage extends Kept {
  readonly message: Buffer;
  readonly metadata: Metadata;
  readonly trailers: Metadata | null;
}

const OK = 0;
const UNAVAILABLE = 14;
/** Statuses of a caller who gave up, by itself or by its deadline. All others are the service's answer. */
const GIVEN_UP: readonly number[] = [1, 4];

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
  /** How long this caller may wait for others, all of them together. */
  readonly #waitMs: Millis;
  #patience: NodeJS.Timeout | undefined;

  /** @param leftMs Until the call's deadline. */
  constructor(
    reads: InterceptedReads,
    method: UnaryMethod,
    leftMs: Millis,
    openLive: () => InterceptingCall,
  ) {
    this.#reads = reads;
    this.#method = method;
    this.#waitMs = Math.max(0, Math.min(reads.config.flightWaitMs, leftMs));
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
      key = grpcKey(this.#method, this.#metadata!, message);
      if (key === undefined) this.#reads.coverage.bypass('credentials');
      kept = key === undefined ? undefined : this.#reads.lookup<KeptMessage>(key);
      if (kept !== undefined && this.#reads.mode !== 'observe')
        this.#reads.hit('grpc', this.#method.path, kept);
    } catch {
      this.#reads.fault();
      key = undefined;
    }
    if (key === undefined) send(this.#listener);
    else if (this.#reads.mode === 'observe') send(this.#record(key, kept, () => {}));
    else if (kept !== undefined) process.nextTick(() => this.#replay(kept, send));
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
    let flight: FlightReport;
    try {
      if (flights.isOpen(key)) {
        this.#wait(key, send);
        return;
      }
      flight = flights.open(key);
    } catch {
      this.#reads.fault();
      send(this.#listener);
      return;
    }
    clearTimeout(this.#patience);
    coverage.misses++;
    try {
      send(this.#record(key, undefined, flight.end));
    } catch (error) {
      flight.end('lost');
      throw error;
    }
  }

  #wait(key: string, send: (listener: Listener) => void): void {
    const { flights, coverage } = this.#reads;
    // Whoever ends the flight runs as another caller.
    const after = AsyncResource.bind((end: FlightEnd) => {
      this.#leave = undefined;
      if (this.#isOver) return;
      if (end === 'lost') {
        this.#orEnd(() => this.#ask(key, send));
        return;
      }
      clearTimeout(this.#patience);
      const kept = end === 'kept' ? this.#heldNow(key) : undefined;
      if (kept !== undefined) {
        coverage.shared++;
        this.#replay(kept, send);
      } else {
        coverage.misses++;
        this.#orEnd(() => send(this.#record(key, undefined, () => {})));
      }
    });
    const leave = flights.join(key, { ...NOBODY_WAITS, end: after });
    this.#leave = () => {
      leave();
      clearTimeout(this.#patience);
    };
    this.#patience ??= setTimeout(() => {
      this.#leave?.();
      this.#giveUp(key);
      after('not-shareable');
    }, this.#waitMs);
  }

  #giveUp(key: string): void {
    try {
      this.#reads.flights.giveUp(key);
    } catch {
      this.#reads.fault();
    }
  }

  /** Of a caller who waited: a call that cannot be made any more ends, for there is nobody left to throw at. */
  #orEnd(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#isOver = true;
      const details = (error as Error).message;
      this.#listener.onReceiveStatus?.({ code: UNAVAILABLE, details, metadata: this.#metadata! });
    }
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

  #replay(kept: KeptMessage, send: (listener: Listener) => void): void {
    if (this.#isOver) return;
    let message: unknown;
    try {
      // A copy: decoded messages may keep parts of the bytes they were read from.
      message = this.#method.deserialize(Buffer.from(kept.message));
    } catch {
      // In a live call the client makes a status of it.
      this.#orEnd(() => send(this.#listener));
      return;
    }
    this.#isOver = true;
    this.#listener.onReceiveMetadata?.(kept.metadata.clone());
    this.#listener.onReceiveMessage?.(message);
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
      if (status.code !== OK || metadata === undefined || message === undefined)
        return onEnd(GIVEN_UP.includes(status.code) ? 'lost' : 'not-shareable');
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
        message = bytes && ownBytes([bytes]);
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
