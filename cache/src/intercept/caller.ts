import { AsyncResource } from 'node:async_hooks';
import type { Millis } from '../units.ts';
import { CallerTimeout } from './caller-timeout.ts';
import { type FlightEnd, type FlightReport, NOBODY_WAITS } from './flights.ts';
import { forward, type Handler } from './handlers.ts';
import { type KeptAnswer, suits } from './http-answer.ts';
import type { InterceptedReads } from './reads.ts';
import { record } from './record.ts';
import { CallerController, replay, replayTo } from './replay.ts';
import type { HttpRead } from './request.ts';

/** Of undici's request options; none or 0: what the dispatcher says, which cannot be seen from here. */
export interface CallerTimeouts {
  readonly headersTimeout?: Millis | null;
  readonly bodyTimeout?: Millis | null;
}

/** One caller with one read: serves it from memory, lets it wait for another's answer, or asks the network. */
export class Caller {
  readonly #reads: InterceptedReads;
  readonly #read: HttpRead;
  readonly #handler: Handler;
  readonly #timeouts: CallerTimeouts;
  readonly #send: (handler: Handler) => boolean;
  #leave: () => void = () => {};
  /** Runs while this caller waits for others, for all of them together. */
  #patience: NodeJS.Timeout | undefined;
  /** Runs with it when the caller itself has less: for the head of the answer, then for each part of its body. */
  #timeout: NodeJS.Timeout | undefined;

  constructor(
    reads: InterceptedReads,
    read: HttpRead,
    handler: Handler,
    timeouts: CallerTimeouts,
    send: (handler: Handler) => boolean,
  ) {
    this.#reads = reads;
    this.#read = read;
    this.#handler = handler;
    this.#timeouts = timeouts;
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
    return this.#sendRecorded(this.#handler, would, NOBODY_WAITS);
  }

  ask(): boolean {
    // A caller with its own idea of freshness asks for itself.
    const shares = this.#read.maxAgeMs === Number.POSITIVE_INFINITY && this.#read.minFreshMs === 0;
    if (!shares) return this.#askNetwork(this.#handler, NOBODY_WAITS);
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

  #askNetwork(handler: Handler, flight: FlightReport): boolean {
    this.#reads.coverage.misses++;
    return this.#sendRecorded(handler, undefined, flight);
  }

  #sendRecorded(handler: Handler, would: KeptAnswer | undefined, flight: FlightReport): boolean {
    this.#reads.coverage.forwarded++;
    let recorder = handler;
    try {
      recorder = record(this.#reads, this.#read, handler, would, flight);
    } catch {
      this.#reads.fault();
      flight.end('not-shareable');
    }
    return this.#send(recorder);
  }

  #lead(handler: Handler): boolean {
    let flight = NOBODY_WAITS;
    try {
      flight = this.#reads.flights.open(this.#read.key);
    } catch {
      this.#reads.fault();
    }
    try {
      return this.#askNetwork(handler, flight);
    } catch (error) {
      flight.end('lost');
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
    const giveUp = (part: 'Headers' | 'Body') => {
      this.#stopWaiting(controller);
      this.#handler.onResponseError?.(controller, new CallerTimeout(part));
    };
    if (this.#patience === undefined) {
      // A request that never ends must not hold up everybody else who asks the same, nor one after the other that fails.
      this.#patience = setTimeout(() => {
        this.#stopWaiting(controller);
        try {
          this.#reads.flights.giveUp(this.#read.key);
        } catch {
          this.#reads.fault();
        }
        this.#after('not-shareable', controller);
      }, this.#reads.config.flightWaitMs);
      this.#timeOut(this.#timeouts.headersTimeout, () => giveUp('Headers'));
    }
    controller.onAbort = () => {
      this.#stopWaiting(controller);
      this.#handler.onResponseError?.(controller, controller.reason!);
    };
    try {
      // Whoever brings the answer runs as another caller.
      this.#leave = this.#reads.flights.join(this.#read.key, {
        heard: AsyncResource.bind(() => this.#timeOut(this.#timeouts.bodyTimeout, () => giveUp('Body'))),
        end: AsyncResource.bind((end: FlightEnd) => this.#after(end, controller)),
      });
    } catch {
      this.#reads.fault();
      this.#after('not-shareable', controller);
    }
  }

  /** Gives the flight so long from now; beyond our own patience nothing needs to be done. */
  #timeOut(timeoutMs: Millis | null | undefined, giveUp: () => void): void {
    clearTimeout(this.#timeout);
    if (timeoutMs && timeoutMs < this.#reads.config.flightWaitMs)
      this.#timeout = setTimeout(giveUp, timeoutMs);
  }

  #stopWaiting(controller: CallerController): void {
    this.#leave();
    controller.onAbort = undefined;
    clearTimeout(this.#patience);
    clearTimeout(this.#timeout);
  }

  #after(end: FlightEnd, controller: CallerController): void {
    if (end === 'lost' && this.#isAsked()) {
      this.#join(controller);
      return;
    }
    this.#stopWaiting(controller);
    try {
      const shared = end === 'kept' ? this.#shared() : undefined;
      if (shared !== undefined) {
        this.#reads.coverage.shared++;
        replayTo(this.#handler, controller, shared.answer, shared.ageMs);
      } else if (end === 'lost') {
        this.#lead(this.#continueFrom(controller));
      } else {
        this.#askNetwork(this.#continueFrom(controller), NOBODY_WAITS);
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
