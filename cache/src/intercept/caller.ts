import { AsyncResource } from 'node:async_hooks';
import type { Millis } from '../units.ts';
import type { FlightEnd } from './flights.ts';
import { forward, type Handler } from './handlers.ts';
import { type KeptAnswer, suits } from './http-answer.ts';
import type { InterceptedReads } from './reads.ts';
import { record } from './record.ts';
import { CallerController, replay, replayTo } from './replay.ts';
import type { HttpRead } from './request.ts';

/** One caller with one read: serves it from memory, lets it wait for another's answer, or asks the network. */
export class Caller {
  readonly #reads: InterceptedReads;
  readonly #read: HttpRead;
  readonly #handler: Handler;
  readonly #send: (handler: Handler) => boolean;
  #leave: () => void = () => {};
  /** Runs while this caller waits for others, for all of them together. */
  #patience: NodeJS.Timeout | undefined;

  constructor(
    reads: InterceptedReads,
    read: HttpRead,
    handler: Handler,
    send: (handler: Handler) => boolean,
  ) {
    this.#reads = reads;
    this.#read = read;
    this.#handler = handler;
    this.#send = send;
  }

  take(answer: KeptAnswer): boolean {
    let ageMs: Millis;
    try {
      ageMs = this.#reads.ageMs(answer);
      this.#reads.hit('undici', this.#read.route.path, answer);
    } catch {
      this.#reads.fault();
      return this.#send(this.#handler);
    }
    replay(this.#handler, answer, ageMs);
    return true;
  }

  /** The live answer, compared with the one that would have been served. */
  observe(would: KeptAnswer | undefined): boolean {
    if (would === undefined) this.#reads.coverage.misses++;
    else this.#reads.coverage.wouldHit++;
    return this.#sendRecorded(this.#handler, would, () => {});
  }

  ask(): boolean {
    // A caller with its own idea of freshness asks for itself.
    const shares = this.#read.maxAgeMs === Number.POSITIVE_INFINITY && this.#read.minFreshMs === 0;
    if (!shares) return this.#askNetwork(this.#handler, () => {});
    return this.#isAsked() ? this.#wait() : this.#lead(this.#handler);
  }

  /** Whether another caller's request for the same is open. */
  #isAsked(): boolean {
    try {
      return this.#reads.flights.isOpen(this.#read.key);
    } catch {
      this.#reads.fault();
      return false;
    }
  }

  #askNetwork(handler: Handler, onEnd: (end: FlightEnd) => void): boolean {
    this.#reads.coverage.misses++;
    return this.#sendRecorded(handler, undefined, onEnd);
  }

  #sendRecorded(handler: Handler, would: KeptAnswer | undefined, onEnd: (end: FlightEnd) => void): boolean {
    this.#reads.coverage.forwarded++;
    let recorder = handler;
    try {
      recorder = record(this.#reads, this.#read, handler, would, onEnd);
    } catch {
      this.#reads.fault();
      onEnd('not-shareable');
    }
    return this.#send(recorder);
  }

  #lead(handler: Handler): boolean {
    const { flights } = this.#reads;
    const key = this.#read.key;
    let isOver = false;
    // Once only: a later flight under the same key is not this one's to end.
    const end = (how: FlightEnd) => {
      if (isOver) return;
      isOver = true;
      try {
        flights.end(key, how);
      } catch {
        this.#reads.fault();
      }
    };
    try {
      flights.open(key);
    } catch {
      this.#reads.fault();
      isOver = true;
    }
    try {
      return this.#askNetwork(handler, end);
    } catch (error) {
      end('lost');
      throw error;
    }
  }

  #wait(): boolean {
    const controller = new CallerController();
    try {
      this.#handler.onRequestStart?.(controller, null);
    } catch (error) {
      this.#handler.onResponseError?.(controller, error as Error);
      return true;
    }
    if (!controller.aborted) this.#join(controller);
    else this.#handler.onResponseError?.(controller, controller.reason!);
    return true;
  }

  #join(controller: CallerController): void {
    try {
      this.#leave = this.#reads.flights.join(
        this.#read.key,
        // Whoever ends the flight runs as another caller.
        AsyncResource.bind((end: FlightEnd) => this.#after(end, controller)),
      );
    } catch {
      this.#reads.fault();
      this.#after('not-shareable', controller);
      return;
    }
    // A request that never ends must not hold up everybody else who asks the same, nor one after the other that fails.
    this.#patience ??= setTimeout(() => {
      this.#leave();
      this.#after('not-shareable', controller);
    }, this.#reads.config.flightWaitMs);
    controller.onAbort = () => {
      this.#leave();
      clearTimeout(this.#patience);
      this.#handler.onResponseError?.(controller, controller.reason!);
    };
  }

  #after(end: FlightEnd, controller: CallerController): void {
    controller.onAbort = undefined;
    if (end === 'lost' && this.#isAsked()) {
      this.#join(controller);
      return;
    }
    clearTimeout(this.#patience);
    try {
      const shared = end === 'kept' ? this.#shared() : undefined;
      if (shared !== undefined) {
        this.#reads.coverage.shared++;
        replayTo(this.#handler, controller, shared.answer, shared.ageMs);
      } else if (end === 'lost') {
        this.#lead(this.#continueFrom(controller));
      } else {
        this.#askNetwork(this.#continueFrom(controller), () => {});
      }
    } catch (error) {
      this.#handler.onResponseError?.(controller, error as Error);
    }
  }

  /** The answer that another's request brought, if it suits this caller too. */
  #shared(): { readonly answer: KeptAnswer; readonly ageMs: Millis } | undefined {
    try {
      const answer = this.#reads.lookup<KeptAnswer>(this.#read.key);
      if (answer === undefined) return undefined;
      const ageMs = this.#reads.ageMs(answer);
      return suits(answer, this.#read, ageMs) ? { answer, ageMs } : undefined;
    } catch {
      this.#reads.fault();
      return undefined;
    }
  }

  /** The caller's handler, for a request of its own after it waited: it has been told of the start already. */
  #continueFrom(controller: CallerController): Handler {
    const next = this.#handler;
    return {
      ...forward(next),
      onRequestStart: (live) => controller.attach(live),
      onRequestUpgrade: (_live, status, headers, socket) =>
        next.onRequestUpgrade?.(controller, status, headers, socket),
      onResponseStart: (_live, status, headers, statusText) =>
        next.onResponseStart?.(controller, status, headers, statusText),
      onResponseData: (_live, chunk) => next.onResponseData?.(controller, chunk),
      onResponseEnd: (_live, trailers) => next.onResponseEnd?.(controller, trailers),
      onResponseError: (_live, error) => next.onResponseError?.(controller, error),
    };
  }
}
