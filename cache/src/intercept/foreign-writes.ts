import { subscribe } from 'node:diagnostics_channel';
import type { InterceptedReads } from './reads.ts';
import { isRead, type RequestRules } from './request.ts';

interface HttpRequest {
  readonly method: string;
  readonly protocol: string;
  readonly path: string;
  getHeader(name: string): unknown;
}

interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
  readonly host?: string | null;
}

interface Answered<R> {
  readonly request: R;
  readonly response: { readonly statusCode: number };
}

/**
 * Sees the writes that do not come by the interceptor: those of `http.request` and all that is built on it, and those
 * of undici dispatchers that the application brought. The channels only observe; nothing is changed.
 */
export function watchForeignWrites(reads: InterceptedReads, rules: RequestRules): void {
  const watch = <R extends HttpRequest | UndiciRequest>(
    channel: string,
    targetOf: (request: R) => { readonly origin: string; readonly host?: string },
  ) =>
    subscribe(channel, (message) => {
      try {
        const { request, response } = message as Answered<R>;
        if (isRead(request.method) || response.statusCode < 200 || response.statusCode >= 400) return;
        if (!reads.isActive) return;
        const { origin, host } = targetOf(request);
        const { method, path } = request;
        const line = { scope: 0, method, origin, path, hasBody: false, isUpgrade: false };
        const decision = rules.decide({ ...line, headers: { host } });
        if (decision.kind === 'write') reads.changed(decision.uri);
      } catch {
        reads.fault();
      }
    });
  watch<HttpRequest>('http.client.response.finish', (request) => ({
    origin: `${request.protocol}//${String(request.getHeader('host') ?? '').toLowerCase()}`,
  }));
  watch<UndiciRequest>('undici:request:headers', ({ origin, host }) => ({
    origin: new URL(origin).origin,
    ...(host && { host }),
  }));
}
