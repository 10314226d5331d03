import { fromRawHeaders, type ResponseHeaders } from './headers.ts';

/*
 * undici has two handler interfaces: `onConnect/onHeaders/…` up to major 6 (Node 22), `onRequestStart/…` from 7.
 * Everything here is written against the newer one; the two adapters below translate for the older.
 */

export interface Controller {
  readonly aborted: boolean;
  readonly reason: Error | null;
  readonly paused: boolean;
  readonly rawHeaders?: unknown;
  abort(reason: Error): void;
  pause(): void;
  resume(): void;
}

export interface Handler {
  onRequestStart?(controller: Controller, context?: unknown): void;
  onRequestUpgrade?(controller: Controller, status: number, headers: ResponseHeaders, socket: unknown): void;
  onResponseStarted?(): void;
  onResponseStart?(
    controller: Controller,
    status: number,
    headers: ResponseHeaders,
    statusText?: string,
  ): void;
  onResponseData?(controller: Controller, chunk: Buffer): void;
  onResponseEnd?(controller: Controller, trailers: ResponseHeaders): void;
  onResponseError?(controller: Controller, error: Error): void;
  onBodySent?(chunk: unknown): void;
  onRequestSent?(): void;
}

export interface LegacyHandler {
  onConnect?(abort: (reason?: Error) => void, context?: unknown): void;
  onUpgrade?(status: number, raw: readonly unknown[], socket: unknown): void;
  onResponseStarted?(): void;
  onHeaders?(
    status: number,
    raw: readonly unknown[],
    resume: () => void,
    statusText?: string,
  ): boolean | undefined;
  onData?(chunk: Buffer): boolean | undefined;
  onComplete?(raw: readonly unknown[]): void;
  onError?(error: Error): void;
  onBodySent?(chunk: unknown): void;
  onRequestSent?(): void;
}

export function isLegacy(handler: Handler | LegacyHandler): handler is LegacyHandler {
  return typeof (handler as Handler).onRequestStart !== 'function';
}

/**
 * The handler as one of the newer interface. undici 7 puts a `WrapHandler` around one of the older, which joins headers
 * that came more than once; it passes the older events on as they are, so those are what it gets.
 */
export function asHandler(handler: Handler | LegacyHandler): Handler {
  const speaksOlder = isLegacy(handler) || handler.constructor?.name === 'WrapHandler';
  return speaksOlder ? fromLegacy(handler as LegacyHandler) : handler;
}

/** Lets the newer interface drive a handler of the older one. */
function fromLegacy(handler: LegacyHandler): Handler {
  return {
    onRequestStart: (controller, context) =>
      handler.onConnect?.((reason) => controller.abort(reason ?? new Error('aborted')), context),
    onRequestUpgrade: (controller, status, headers, socket) =>
      handler.onUpgrade?.(status, rawOf(controller, headers), socket),
    onResponseStarted: () => handler.onResponseStarted?.(),
    onResponseStart(controller, status, headers, statusText) {
      const raw = rawOf(controller, headers);
      if (handler.onHeaders?.(status, raw, () => controller.resume(), statusText) === false)
        controller.pause();
    },
    onResponseData(controller, chunk) {
      if (handler.onData?.(chunk) === false) controller.pause();
    },
    onResponseEnd: (_controller, trailers) => handler.onComplete?.(toRawHeaders(trailers)),
    onResponseError: (_controller, error) => handler.onError?.(error),
    onBodySent: (chunk) => handler.onBodySent?.(chunk),
    onRequestSent: () => handler.onRequestSent?.(),
  };
}

/** Lets the older interface drive a handler of the newer one. */
export function toLegacy(handler: Handler): LegacyHandler {
  let resumeSocket = () => {};
  let abortRequest: (reason?: Error) => void = () => {};
  const controller = {
    aborted: false,
    reason: null as Error | null,
    paused: false,
    rawHeaders: undefined as unknown,
    abort(reason: Error) {
      controller.aborted = true;
      controller.reason = reason;
      abortRequest(reason);
    },
    pause: () => {
      controller.paused = true;
    },
    resume: () => {
      controller.paused = false;
      resumeSocket();
    },
  };
  return {
    onConnect(abort, context) {
      abortRequest = abort;
      handler.onRequestStart?.(controller, context);
    },
    onUpgrade(status, raw, socket) {
      controller.rawHeaders = raw;
      handler.onRequestUpgrade?.(controller, status, fromRawHeaders(raw), socket);
    },
    onResponseStarted: () => handler.onResponseStarted?.(),
    onHeaders(status, raw, resume, statusText) {
      resumeSocket = resume;
      controller.rawHeaders = raw;
      handler.onResponseStart?.(controller, status, fromRawHeaders(raw), statusText);
      return !controller.paused;
    },
    onData(chunk) {
      handler.onResponseData?.(controller, chunk);
      return !controller.paused;
    },
    onComplete: (raw) => handler.onResponseEnd?.(controller, fromRawHeaders(raw ?? [])),
    onError: (error) => handler.onResponseError?.(controller, error),
    onBodySent: (chunk) => handler.onBodySent?.(chunk),
    onRequestSent: () => handler.onRequestSent?.(),
  };
}

function rawOf(controller: Controller, headers: ResponseHeaders): readonly unknown[] {
  return Array.isArray(controller.rawHeaders) ? controller.rawHeaders : toRawHeaders(headers);
}

function toRawHeaders(headers: ResponseHeaders): Buffer[] {
  const raw: Buffer[] = [];
  for (const name in headers)
    for (const value of [headers[name]!].flat())
      raw.push(Buffer.from(name, 'latin1'), Buffer.from(value, 'latin1'));
  return raw;
}

/** Passes every event on. Spelled out, because spreading a class instance would lose its methods. */
export function forward(next: Handler): Required<Handler> {
  return {
    onRequestStart: (controller, context) => next.onRequestStart?.(controller, context),
    onRequestUpgrade: (controller, status, headers, socket) =>
      next.onRequestUpgrade?.(controller, status, headers, socket),
    onResponseStarted: () => next.onResponseStarted?.(),
    onResponseStart: (controller, status, headers, statusText) =>
      next.onResponseStart?.(controller, status, headers, statusText),
    onResponseData: (controller, chunk) => next.onResponseData?.(controller, chunk),
    onResponseEnd: (controller, trailers) => next.onResponseEnd?.(controller, trailers),
    onResponseError: (controller, error) => next.onResponseError?.(controller, error),
    onBodySent: (chunk) => next.onBodySent?.(chunk),
    onRequestSent: () => next.onRequestSent?.(),
  };
}
