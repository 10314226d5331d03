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
    this.#reads.hit('undici', this.#read.route.path, answer);
    replay(this.#handler, answer, this.#reads.ageMs(answer));
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
    return this.#reads.flights.isOpen(this.#read.key) ? this.#wait() : this.#lead(this.#handler);
  }

  #askNetwork(handler: Handler, onEnd: (end: FlightEnd) => void): boolean {
    this.#reads.coverage.misses++;
    return this.#sendRecorded(handler, undefined, onEnd);
  }

  #sendRecorded(handler: Handler, would: KeptAnswer | undefined, onEnd: (end: FlightEnd) => void): boolean {
    this.#reads.coverage.forwarded++;
    return this.#send(record(this.#reads, this.#read, handler, would, onEnd));
  }

  #lead(handler: Handler): boolean {
    const { flights } = this.#reads;
    const key = this.#read.key;
    flights.open(key);
    let isOver = false;
    // Once only: a later flight under the same key is not this one's to end.
    const end = (how: FlightEnd) => {
      if (isOver) return;
      isOver = true;
      flights.end(key, how);
    };
    try {
      return this.#askNetwork(handler, end);
    } catch (error) {
      end('lost');
      throw error;
    }
  }

  #wait(): boolean {
    const controller = new CallerController();
    this.#handler.onRequestStart?.(controller);
    if (!controller.aborted) this.#join(controller);
    else this.#handler.onResponseError?.(controller, controller.reason!);
    return true;
  }

  #join(controller: CallerController): void {
    const leave = this.#reads.flights.join(this.#read.key, (end) => {
      clearTimeout(patience);
      controller.onAbort = undefined;
      this.#after(end, controller);
    });
    // A request that never ends must not hold up everybody else who asks the same.
    const patience = setTimeout(() => {
      leave();
      this.#after('not-shareable', controller);
    }, this.#reads.config.flightWaitMs);
    controller.onAbort = () => {
      leave();
      clearTimeout(patience);
      this.#handler.onResponseError?.(controller, controller.reason!);
    };
  }

  #after(end: FlightEnd, controller: CallerController): void {
    const own = this.#continueFrom(controller);
    try {
      const kept = end === 'kept' ? this.#reads.lookup<KeptAnswer>(this.#read.key) : undefined;
      if (kept !== undefined && suits(kept, this.#read, this.#reads.ageMs(kept))) {
        this.#reads.coverage.shared++;
        replayTo(this.#handler, controller, kept, this.#reads.ageMs(kept));
      } else if (end === 'lost' && this.#reads.flights.isOpen(this.#read.key)) {
        this.#join(controller);
      } else if (end === 'lost') {
        this.#lead(own);
      } else {
        this.#askNetwork(own, () => {});
      }
    } catch (error) {
      this.#handler.onResponseError?.(controller, error as Error);
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
