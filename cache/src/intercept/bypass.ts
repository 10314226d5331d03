import { subscribe } from 'node:diagnostics_channel';
import type { InterceptedReads } from './reads.ts';
import type { RequestRules } from './request.ts';

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
      const host = request.host ?? new URL(request.origin).host;
      if (rules.match(host.toLowerCase(), request.path) === undefined) return;
      reads.coverage.sentByUndici++;
      onSent();
    }),
  );
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
