import { stringify } from 'node:querystring';
import { Caller, type CallerTimeouts } from './caller.ts';
import { asHandler, forward, type Handler, isLegacy, type LegacyHandler, toLegacy } from './handlers.ts';
import type { HeadersLike } from './headers.ts';
import { type KeptAnswer, suits } from './http-answer.ts';
import type { InterceptedReads } from './reads.ts';
import type { HttpRead, RequestDecision, RequestRules } from './request.ts';

interface DispatchOptions extends CallerTimeouts {
  readonly origin?: string | URL;
  readonly path: string;
  readonly method: string;
  /** undici adds it to the path only when it sends. */
  readonly query?: Record<string, string> | null;
  readonly headers?: HeadersLike;
  readonly body?: unknown;
  readonly upgrade?: unknown;
  /** The name to ask for in TLS, when it is not the host's: behind one address each may be another server. */
  readonly servername?: string | null;
}

const OUTSIDE: RequestDecision = { kind: 'outside' };

export type Dispatch = (options: DispatchOptions, handler: Handler | LegacyHandler) => boolean;

/**
 * The undici interceptor: answers allowed reads from memory, and keeps what the network answers.
 * @param scope is part of every key: answers of one scope are never given in another.
 */
export function createInterceptor(
  reads: InterceptedReads,
  rules: RequestRules,
  scope: number,
): (next: Dispatch) => Dispatch {
  return (next) => (options, handler) => {
    if (!reads.isActive) return next(options, handler);
    let decision: RequestDecision;
    let hit: KeptAnswer | undefined;
    try {
      decision = decide(rules, options, scope);
      if (decision.kind === 'read') hit = find(reads, decision);
      else if (decision.kind === 'pass') reads.coverage.bypass(decision.why);
    } catch {
      reads.fault();
      return next(options, handler);
    }
    switch (decision.kind) {
      case 'outside':
        reads.coverage.outside++;
        return next(options, handler);
      case 'pass':
        reads.coverage.forwarded++;
        return next(options, handler);
      case 'write':
        return next(options, asKindOf(handler, watchWrite(reads, decision.uri, asHandler(handler))));
      case 'read':
        return answer(reads, decision, options, next, handler, hit);
    }
  };
}

/** From memory when there is a hit, from another caller's request when one is open, else from the network. */
function answer(
  reads: InterceptedReads,
  read: HttpRead,
  options: DispatchOptions,
  next: Dispatch,
  handler: Handler | LegacyHandler,
  hit: KeptAnswer | undefined,
): boolean {
  const send = (inner: Handler) => next(options, asKindOf(handler, inner));
  const caller = new Caller(reads, read, asHandler(handler), options, send);
  if (reads.mode === 'observe') return caller.observe(hit);
  return hit ? caller.take(hit) : caller.ask();
}

function decide(rules: RequestRules, options: DispatchOptions, scope: number): RequestDecision {
  const { headers, path, query, servername } = options;
  const origin =
    typeof options.origin === 'string' ? options.origin.replace(/\/$/, '') : options.origin?.origin;
  // What is no request undici refuses.
  if (typeof origin !== 'string' || typeof path !== 'string' || isReadOnce(headers)) return OUTSIDE;
  return rules.decide({
    scope: servername ? `${scope} ${servername}` : scope,
    method: options.method,
    origin,
    path: withQuery(path, query),
    headers,
    hasBody: options.body !== undefined && options.body !== null,
    isUpgrade: Boolean(options.upgrade),
  });
}

function withQuery(path: string, query: DispatchOptions['query']): string {
  const text = query ? stringify(query) : '';
  return text === '' ? path : `${path}?${text}`;
}

/** `ours` in the interface that the caller's handler has: this undici may know no other. */
function asKindOf(callers: Handler | LegacyHandler, ours: Handler): Handler | LegacyHandler {
  return isLegacy(callers) ? toLegacy(ours) : ours;
}

/** Headers given as an iterator: to look at them would take them from the request. */
function isReadOnce(headers: HeadersLike): boolean {
  return (
    headers !== null &&
    typeof headers === 'object' &&
    typeof (headers as { next?: unknown }).next === 'function'
  );
}

/** The answer held for this read, if it suits the caller. */
export function find(reads: InterceptedReads, read: HttpRead): KeptAnswer | undefined {
  const kept = reads.lookup<KeptAnswer>(read.key);
  return kept !== undefined && suits(kept, read, reads.ageMs(kept)) ? kept : undefined;
}

/** https://www.rfc-editor.org/rfc/rfc9111.html#section-4.4: a write that succeeds makes what is held invalid. */
function watchWrite(reads: InterceptedReads, uri: string, next: Handler): Handler {
  return {
    ...forward(next),
    onResponseStart(controller, status, headers, statusText) {
      try {
        if (status >= 200 && status < 400) reads.changed(uri);
      } catch {
        reads.fault();
      }
      next.onResponseStart?.(controller, status, headers, statusText);
    },
  };
}
