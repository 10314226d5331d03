import type { Controller, Handler } from './handlers.ts';
import type { ResponseHeaders } from './headers.ts';
import { copyOf, hitHeaders, type KeptAnswer } from './http-answer.ts';

/**
 * What a caller holds while its answer comes from memory or from another caller's request: it may abort for itself
 * alone, and be handed on to a request of its own.
 */
export class CallerController implements Controller {
  aborted = false;
  reason: Error | null = null;
  #paused = false;
  #headers: ResponseHeaders = {};
  #live: Controller | undefined;
  onAbort: (() => void) | undefined;
  onResume: (() => void) | undefined;

  get paused(): boolean {
    return this.#live?.paused ?? this.#paused;
  }

  get rawHeaders(): unknown {
    // undici 8 asks for them on every answer and takes an object as well as a list of bytes, which costs more.
    return this.#live?.rawHeaders ?? this.#headers;
  }

  answeredWith(headers: ResponseHeaders): void {
    this.#headers = headers;
  }

  /** From here on a real request drives the handler. */
  attach(live: Controller): void {
    this.#live = live;
    if (this.reason !== null) live.abort(this.reason);
  }

  abort(reason: Error): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    if (this.#live) this.#live.abort(reason);
    else this.onAbort?.();
  }

  pause(): void {
    this.#paused = true;
    this.#live?.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#live) this.#live.resume();
    else this.onResume?.();
  }
}

/** Gives a kept answer to a caller that has not heard anything yet. */
export function replay(handler: Handler, answer: KeptAnswer, ageMs: number): void {
  const controller = new CallerController();
  try {
    handler.onRequestStart?.(controller, null);
  } catch (error) {
    handler.onResponseError?.(controller, error as Error);
    return;
  }
  replayTo(handler, controller, answer, ageMs);
}

/** Gives a kept answer to a caller that was told its request has started. */
export function replayTo(
  handler: Handler,
  controller: CallerController,
  answer: KeptAnswer,
  ageMs: number,
): void {
  let isOver = false;
  const fail = (error: Error) => {
    isOver = true;
    handler.onResponseError?.(controller, error);
  };
  /** What a handler throws it hears as the error of its request, as it does from undici. */
  const tell = (event: () => void) => {
    try {
      event();
    } catch (error) {
      fail(error as Error);
    }
  };
  const end = () => {
    if (isOver || controller.paused) return;
    isOver = true;
    tell(() => handler.onResponseEnd?.(controller, copyOf(answer.trailers)));
  };
  const body = () => {
    if (isOver || controller.paused) return;
    controller.onResume = end;
    // A copy: the caller owns its bytes and may change them.
    if (answer.body.byteLength > 0)
      tell(() => handler.onResponseData?.(controller, Buffer.from(answer.body)));
    end();
  };
  controller.onAbort = () => {
    if (!isOver) fail(controller.reason!);
  };
  if (controller.aborted) {
    fail(controller.reason!);
    return;
  }
  const headers = hitHeaders(answer, ageMs);
  controller.answeredWith(headers);
  controller.onResume = body;
  tell(() => handler.onResponseStart?.(controller, answer.status, headers, answer.statusText));
  body();
}
