import { subscribe } from 'node:diagnostics_channel';
import type { InterceptedReads } from './reads.ts';
import { isRead, type RequestRules } from './request.ts';

/** Origins whose host is remembered, at most. */
const MAX_ORIGINS = 1024;

interface UndiciRequest {
  readonly method: string;
  readonly origin: string | URL;
  readonly path: string;
  readonly host?: string | null;
}

interface HttpRequest {
  readonly method: string;
  readonly path: string;
  getHeader(name: string): unknown;
}

/**
 * Counts allowed reads that the cache cannot answer: those of `http.request` and all that is built on it (axios,
 * got, node-fetch, the AWS SDK), and those of undici dispatchers that the application brought. These channels only
 * observe; nothing is changed.
 * @param onSent is called for every allowed read that undici sends, to look whether it still comes by here.
 */
export function countBypass(reads: InterceptedReads, rules: RequestRules, onSent: () => void): void {
  const guarded = (work: () => void) => {
    try {
      if (reads.isActive) work();
    } catch {
      reads.fault();
    }
  };
  // Parsing an origin costs more than all else that is done for a request nobody allowed.
  const hosts = new Map<string, string>();
  const hostOf = (origin: string | URL): string => {
    if (typeof origin !== 'string') return origin.host;
    let host = hosts.get(origin);
    if (host === undefined) {
      if (hosts.size >= MAX_ORIGINS) hosts.clear();
      host = new URL(origin).host;
      hosts.set(origin, host);
    }
    return host;
  };
  subscribe('http.client.request.start', (message) =>
    guarded(() => {
      const { request } = message as { request: HttpRequest };
      if (!isRead(request.method)) return;
      const host = String(request.getHeader('host') ?? '').toLowerCase();
      if (rules.match(host, request.path) !== undefined) reads.coverage.bypass('client');
    }),
  );
  subscribe('undici:request:create', (message) =>
    guarded(() => {
      const { request } = message as { request: UndiciRequest };
      if (!isRead(request.method)) return;
      const host = request.host ?? hostOf(request.origin);
      if (rules.match(host.toLowerCase(), request.path) === undefined) return;
      reads.coverage.sentByUndici++;
      onSent();
    }),
  );
}
